# Linux gets the static program; a Mac builds it, for a program that is downloaded and not signed by
# Apple does not start there.
class Certposture < Formula
  desc "Explains why Cloudflare's client-certificate posture check passes or fails"
  homepage "@HOMEPAGE@"
  version "@VERSION@"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    url "@DOWNLOADS@/certposture-@VERSION@-source.tar.gz"
    sha256 "@SOURCE_SHA256@"
    depends_on "rust" => :build
  end

  on_linux do
    on_intel do
      url "@DOWNLOADS@/certposture-@VERSION@-x86_64-linux.tar.gz"
      sha256 "@X86_64_SHA256@"
    end
    on_arm do
      url "@DOWNLOADS@/certposture-@VERSION@-aarch64-linux.tar.gz"
      sha256 "@AARCH64_SHA256@"
    end
  end

  def install
    if OS.mac?
      system "cargo", "install", *std_cargo_args
      system bin/"certposture", "man", "man"
      generate_completions_from_executable(bin/"certposture", "completions")
    else
      bin.install "certposture"
      bash_completion.install "completions/certposture.bash" => "certposture"
      zsh_completion.install "completions/_certposture"
      fish_completion.install "completions/certposture.fish"
    end
    man1.install Dir["man/*.1"]
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/certposture --version")
  end
end
