//! Running the tools: once for the answer, several times for the clock.

use std::io;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How a run ended.
pub enum Ran {
    /// With this output, after this time.
    Output(String, Duration),
    /// It was stopped at the limit.
    TooLong,
}

/// Runs a command line in a repository, with a time limit.
pub fn once(line: &str, folder: &Path, limit: Duration) -> io::Result<Ran> {
    let start = Instant::now();
    let seconds = limit.as_secs().to_string();
    let Output { status, stdout, stderr } = Command::new("timeout")
        .args(["--kill-after", "5", &seconds, "sh", "-c", line])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()?;
    if matches!(status.code(), Some(124 | 137)) {
        return Ok(Ran::TooLong);
    }
    if stdout.is_empty() && !stderr.is_empty() {
        eprintln!("{line}: {}", String::from_utf8_lossy(&stderr).trim());
    }
    Ok(Ran::Output(String::from_utf8_lossy(&stdout).into_owned(), start.elapsed()))
}

/// The mean and the standard deviation in seconds, by hyperfine.
pub fn timed(line: &str, folder: &Path, runs: usize, scratch: &Path) -> io::Result<(f64, f64)> {
    let report = scratch.join("hyperfine.json");
    let output = Command::new("hyperfine")
        .args(["--style", "none", "--warmup", "1", "--ignore-failure", "--runs", &runs.to_string(), "--export-json"])
        .args([report.as_os_str(), line.as_ref()])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other(format!("hyperfine: {}", String::from_utf8_lossy(&output.stderr))));
    }
    let report: Value = serde_json::from_str(&std::fs::read_to_string(&report)?)?;
    let result = &report["results"][0];
    Ok((result["mean"].as_f64().unwrap_or_default(), result["stddev"].as_f64().unwrap_or_default()))
}
