use std::process::ExitCode;

fn main() -> ExitCode {
    certposture::cli::main()
}
