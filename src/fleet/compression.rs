//! Inputs that were compressed: told by their first bytes, so that standard input may be too.

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::{self, BufRead, BufReader, Read};

/// What a compressed input is read through; as much as a pipe holds.
const BUFFER: usize = 64 << 10;

/// RFC 1952 §2.3.1.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// RFC 8878 §3.1.1: the magic number of a frame, in its order in the file.
const ZSTANDARD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// `input` itself, or what it holds if it is a gzip or Zstandard file of one or more parts.
pub fn decompressed<'a>(mut input: impl BufRead + Send + 'a) -> io::Result<Box<dyn BufRead + Send + 'a>> {
    let start = input.fill_buf()?;
    Ok(if start.starts_with(&GZIP) {
        Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(input)))
    } else if start.starts_with(&ZSTANDARD) {
        Box::new(BufReader::with_capacity(BUFFER, Frames { input, decoder: FrameDecoder::new() }))
    } else {
        Box::new(input)
    })
}

/// The frames of a Zstandard file, one after another (RFC 8878 §3.1).
struct Frames<R> {
    input: R,
    decoder: FrameDecoder,
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.decoder.can_collect() == 0 {
            if !self.decoder.is_finished() {
                let one = BlockDecodingStrategy::UptoBlocks(1);
                self.decoder.decode_blocks(&mut self.input, one).map_err(io::Error::other)?;
            } else if self.input.fill_buf()?.is_empty() {
                return Ok(0);
            } else {
                self.begin_frame()?;
            }
        }
        self.decoder.read(buffer)
    }
}

impl<R: BufRead> Frames<R> {
    fn begin_frame(&mut self) -> io::Result<()> {
        match self.decoder.reset(&mut self.input) {
            Ok(()) => Ok(()),
            // Not data of this file (§3.1.2).
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length, ..
            })) => io::copy(&mut (&mut self.input).take(length.into()), &mut io::sink()).map(drop),
            Err(error) => Err(io::Error::other(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `zstd` 1.5 wrote them: a frame, a frame to be skipped (RFC 8878 §3.1.2), another with a checksum.
    const FRAMES: &str =
        "28b52ffd00584100006f6e650a74776f0a502a4d180300000061626328b52ffd045831000074687265650ad706fd28";
    /// As `gzip -n` 1.12 wrote them, one behind the other.
    const MEMBERS: &str = "1f8b0800000000000003cbcf4be52a29cfe70200e60bba12080000001f8b08000000000000032bc9284a4de50200d8c546ff06000000";

    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<char> = hex.chars().collect();
        digits
            .chunks(2)
            .map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap())
            .collect()
    }

    fn read(input: &[u8]) -> io::Result<String> {
        // In pieces as small as can be, for a pipe may give no more.
        let mut text = String::new();
        decompressed(BufReader::with_capacity(4, input))?.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn reads_every_part_of_a_compressed_file() {
        assert_eq!(read(&bytes(FRAMES)).unwrap(), "one\ntwo\nthree\n");
        assert_eq!(read(&bytes(MEMBERS)).unwrap(), "one\ntwo\nthree\n");
        assert_eq!(read(b"{}\n").unwrap(), "{}\n");
        assert_eq!(read(b"").unwrap(), "");
    }

    #[test]
    fn a_file_that_is_cut_short_is_an_error() {
        for whole in [FRAMES, MEMBERS] {
            let whole = bytes(whole);
            assert!(read(&whole[..whole.len() - 3]).is_err());
        }
    }
}
