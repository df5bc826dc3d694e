# Homebrew formula, for a tap. @VERSION@ and the digests come from the release's SHA256SUMS.
class MlopsLint < Formula
  desc "Is every ML path owned by the role that should answer for it?"
  homepage "https://github.com/mlops-lint/mlops-lint"
  version "@VERSION@"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
      url "https://github.com/mlops-lint/mlops-lint/releases/download/v@VERSION@/mlops-lint-aarch64-apple-darwin.tar.gz"
      sha256 "@SHA256_aarch64-apple-darwin@"
    end
    on_intel do
      url "https://github.com/mlops-lint/mlops-lint/releases/download/v@VERSION@/mlops-lint-x86_64-apple-darwin.tar.gz"
      sha256 "@SHA256_x86_64-apple-darwin@"
    end
  end
  on_linux do
    on_arm do
      url "https://github.com/mlops-lint/mlops-lint/releases/download/v@VERSION@/mlops-lint-aarch64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256_aarch64-unknown-linux-musl@"
    end
    on_intel do
      url "https://github.com/mlops-lint/mlops-lint/releases/download/v@VERSION@/mlops-lint-x86_64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256_x86_64-unknown-linux-musl@"
    end
  end

  def install
    bin.install "mlops-lint"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/mlops-lint.bash" => "mlops-lint"
    zsh_completion.install "completions/mlops-lint.zsh" => "_mlops-lint"
    fish_completion.install "completions/mlops-lint.fish"
  end

  test do
    (testpath/"CODEOWNERS").write "* @acme/ml\n"
    system bin/"mlops-lint", "check", "--policy", "builtin:ml-team", testpath
  end
end
