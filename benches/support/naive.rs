//! The naive reading that every answer is held to: each pattern alone as a regular expression, by code that neither
//! the product nor any peer shares.

#[path = "../../tests/oracle/mod.rs"]
mod oracle;

/// What the patterns say of the paths.
pub struct Reading {
    /// For each path the index of the last pattern that matches it.
    pub winners: Vec<Option<u32>>,
    /// For each pattern whether it matches any path.
    pub matches: Vec<bool>,
}

/// Tries every pattern on every path.
pub fn read(patterns: &[String], paths: &[&str]) -> Reading {
    let mut reading = Reading { winners: vec![None; paths.len()], matches: vec![false; patterns.len()] };
    for (index, pattern) in (0..).zip(patterns) {
        // Compiled, used and dropped: ten thousand at once would need gigabytes.
        let regex = oracle::regex(pattern);
        for (winner, path) in reading.winners.iter_mut().zip(paths) {
            if regex.is_match(path) {
                *winner = Some(index);
                reading.matches[index as usize] = true;
            }
        }
    }
    reading
}
