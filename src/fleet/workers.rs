//! Many lines at once on all processors, and their answers in the order of the lines.

use super::lines::{Content, Line, Lines};
use rayon::prelude::*;
use std::io::{self, BufRead};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

/// Pieces of input that wait while lines are judged.
const WAITING: usize = 8;

/// The most lines, and about the most bytes of them, judged before their answers are written.
const MOST_LINES: usize = 1024;
const MOST_BYTES: usize = 4 << 20;

/// What becomes of the answers.
pub trait Sink {
    type Answer: Send;

    /// Takes the answer to the next line.
    fn take(&mut self, answer: Self::Answer) -> io::Result<()>;

    /// Every line that has arrived is answered; whoever wrote them may wait for that before he writes
    /// more.
    fn pause(&mut self) -> io::Result<()>;
}

/// Judges each line of `input` with `judge` on `threads` processors.
///
/// # Errors
///
/// Those of reading `input`, after the lines that came before are answered; and those of `sink`.
pub fn run<S: Sink>(
    input: impl BufRead + Send,
    limit: usize,
    threads: usize,
    judge: impl Fn(Line) -> S::Answer + Sync,
    sink: &mut S,
) -> io::Result<()> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(io::Error::other)?;
    thread::scope(|scope| {
        let (sender, chunks) = sync_channel(WAITING);
        scope.spawn(move || {
            let mut lines = Lines::new(input, limit);
            while let Some(chunk) = lines.next_chunk().transpose() {
                let is_last = chunk.is_err();
                // When answers cannot be written, the reader has gone.
                if sender.send(chunk).is_err() || is_last {
                    return;
                }
            }
        });
        let mut arrived = Arrived { chunks, failure: None };
        while let Some(batch) = arrived.next_batch() {
            let answers: Vec<S::Answer> = pool.install(|| batch.lines.into_par_iter().map(&judge).collect());
            for answer in answers {
                sink.take(answer)?;
            }
            if batch.is_all {
                sink.pause()?;
            }
        }
        sink.pause()?;
        arrived.failure.map_or(Ok(()), Err)
    })
}

struct Batch {
    lines: Vec<Line>,
    /// Nothing more has arrived so far.
    is_all: bool,
}

/// The input as far as it has been read.
struct Arrived {
    chunks: Receiver<io::Result<Vec<Line>>>,
    /// Why reading ended.
    failure: Option<io::Error>,
}

impl Arrived {
    /// What has arrived; waits when that is nothing. `None` at the end of the input.
    fn next_batch(&mut self) -> Option<Batch> {
        let mut lines = self.received(self.chunks.recv().ok()?)?;
        let mut size = bytes_of(&lines);
        while lines.len() < MOST_LINES && size < MOST_BYTES {
            match self.chunks.try_recv().ok().and_then(|chunk| self.received(chunk)) {
                Some(more) => {
                    size += bytes_of(&more);
                    lines.extend(more);
                }
                None => return Some(Batch { lines, is_all: true }),
            }
        }
        Some(Batch { lines, is_all: false })
    }

    fn received(&mut self, chunk: io::Result<Vec<Line>>) -> Option<Vec<Line>> {
        chunk.map_err(|error| self.failure = Some(error)).ok()
    }
}

fn bytes_of(lines: &[Line]) -> usize {
    let kept = |line: &Line| if let Content::Bytes(bytes) = &line.content { bytes.len() } else { 0 };
    lines.iter().map(kept).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufReader, PipeReader, Read, Write as _};

    #[derive(Default)]
    struct Collected {
        answers: Vec<(u64, usize)>,
        pauses: usize,
    }

    impl Sink for Collected {
        type Answer = (u64, usize);

        fn take(&mut self, answer: Self::Answer) -> io::Result<()> {
            self.answers.push(answer);
            Ok(())
        }

        fn pause(&mut self) -> io::Result<()> {
            self.pauses += 1;
            Ok(())
        }
    }

    fn size(line: Line) -> (u64, usize) {
        // The first lines take longest, so that an order by completion would show.
        thread::sleep(std::time::Duration::from_micros(500u64.saturating_sub(line.number)));
        let Content::Bytes(bytes) = line.content else { panic!("{line:?}") };
        (line.number, bytes.len())
    }

    #[test]
    fn answers_come_in_the_order_of_the_lines_whatever_the_threads() {
        let input: String = (0..3000).map(|i| "x".repeat(i % 7) + "\n").collect();
        for threads in 1..=8 {
            let mut sink = Collected::default();
            run(BufReader::new(input.as_bytes()), 100, threads, size, &mut sink).unwrap();
            let expected: Vec<(u64, usize)> = (0..3000).map(|i| (i as u64 + 1, i % 7)).collect();
            assert!(sink.answers == expected, "{threads} threads");
        }
    }

    #[test]
    fn whoever_waits_for_an_answer_gets_it() {
        /// Passes each answer back to whoever sent the line.
        struct Reply(std::sync::mpsc::Sender<u64>, Vec<u64>);

        impl Sink for Reply {
            type Answer = (u64, usize);

            fn take(&mut self, (number, _): Self::Answer) -> io::Result<()> {
                self.1.push(number);
                Ok(())
            }

            fn pause(&mut self) -> io::Result<()> {
                self.1.drain(..).try_for_each(|number| self.0.send(number)).map_err(io::Error::other)
            }
        }

        let (reader, mut writer): (PipeReader, _) = io::pipe().unwrap();
        let (sender, replies) = std::sync::mpsc::channel();
        let work = thread::spawn(move || {
            run(BufReader::new(reader), 100, 2, size, &mut Reply(sender, Vec::new())).unwrap();
        });
        for number in 1..=50 {
            writer.write_all(b"line\n").unwrap();
            assert_eq!(replies.recv_timeout(std::time::Duration::from_secs(30)), Ok(number));
        }
        drop(writer);
        work.join().unwrap();
    }

    #[test]
    fn what_came_before_an_error_is_answered() {
        struct Broken;

        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("torn"))
            }
        }

        let mut sink = Collected::default();
        let input = BufReader::new((&b"1\n22\n"[..]).chain(Broken));
        let error = run(input, 100, 2, size, &mut sink).unwrap_err();
        assert_eq!(error.to_string(), "torn");
        assert_eq!(sink.answers, [(1, 1), (2, 2)]);
        assert!(sink.pauses > 0);
    }
}
