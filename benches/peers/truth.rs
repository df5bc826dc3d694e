//! The right answers, by the naive reading, and how far a tool's answer is from them.

use std::collections::{BTreeMap, BTreeSet};

use crate::answer::{Answer, Job};
use crate::support::naive;

/// A repository with what is true of it.
pub struct Truth {
    /// The lines of CODEOWNERS: each an entry.
    pub lines: Vec<String>,
    /// Who owns each tracked file.
    owners: BTreeMap<String, BTreeSet<String>>,
    /// Lines whose entry matches no file.
    dead: BTreeSet<usize>,
    /// Lines whose entry can never decide.
    shadowed: BTreeSet<usize>,
    /// Lines whose entry matches files and wins none of them: to call these shadowed is not wrong, only narrower.
    shadowed_today: BTreeSet<usize>,
}

/// How an answer was judged.
pub struct Verdict {
    pub wrong: usize,
    pub of: usize,
    /// One thing that is wrong.
    pub example: Option<String>,
}

impl Truth {
    /// What is true of these entries (one a line, all valid) and files. That an entry can never decide is no question
    /// of today's files: `shadowed` is told.
    pub fn new(codeowners: &str, files: &[String], shadowed: BTreeSet<usize>) -> Self {
        let lines: Vec<String> = codeowners.lines().map(str::to_owned).collect();
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let patterns: Vec<String> = lines.iter().map(|line| words(line).swap_remove(0)).collect();
        let paths: Vec<&str> = files.iter().map(String::as_str).collect();
        let reading = naive::read(&patterns, &paths);
        let owners = files.iter().zip(&reading.winners).map(|(path, winner)| {
            let owners = winner.map(|index| words(&lines[index as usize])[1..].iter().cloned().collect());
            (path.clone(), owners.unwrap_or_default())
        });
        let owners = owners.collect();
        let wins: BTreeSet<usize> = reading.winners.iter().flatten().map(|&index| index as usize + 1).collect();
        let numbers = || (1..=lines.len()).zip(&reading.matches);
        let dead = numbers().filter(|(_, matches)| !**matches).map(|(line, _)| line).collect();
        let shadowed_today = numbers().filter(|(line, matches)| **matches && !wins.contains(line));
        let shadowed_today = shadowed_today.map(|(line, _)| line).collect();
        Self { lines, owners, dead, shadowed, shadowed_today }
    }

    pub fn judge(&self, job: Job, answer: &Answer) -> Verdict {
        match (job, answer) {
            (Job::Owners, Answer::Owners(said)) => {
                let differs = |(path, owners): &(&String, &BTreeSet<String>)| said.get(*path) != Some(*owners);
                let wrong: Vec<_> = self.owners.iter().filter(differs).collect();
                let example = wrong.first().map(|(path, owners)| {
                    let said = said.get(*path).map_or_else(|| "nothing".to_owned(), owners_text);
                    format!("`{path}`: says {said}, is {}", owners_text(owners))
                });
                Verdict { wrong: wrong.len(), of: self.owners.len(), example }
            }
            (Job::Unowned, Answer::Paths(said)) => self.judge_unowned(said),
            (Job::Unowned, Answer::Owners(said)) => {
                let nobody = said.iter().filter(|(_, owners)| owners.is_empty());
                self.judge_unowned(&nobody.map(|(path, _)| path.clone()).collect())
            }
            (Job::Dead, Answer::Entries(said)) => self.judge_entries(said, &self.dead, &self.dead),
            (Job::Dead, Answer::EntriesAndWorse(said, worse)) => {
                self.judge_entries(said, &self.dead.difference(worse).copied().collect(), &self.dead)
            }
            (Job::Shadowed, Answer::Entries(said)) => self.judge_entries(said, &self.shadowed, &self.shadowed_today),
            _ => Verdict { wrong: 1, of: 1, example: Some("answers another question".to_owned()) },
        }
    }

    /// An answer in a few words, for a small repository.
    pub fn said(&self, answer: &Answer) -> String {
        let items: Vec<String> = match answer {
            Answer::Paths(paths) => paths.iter().filter(|path| self.owners.contains_key(*path)).cloned().collect(),
            Answer::Owners(owners) => {
                let nobody =
                    owners.iter().filter(|(path, owners)| owners.is_empty() && self.owners.contains_key(*path));
                nobody.map(|(path, _)| path.clone()).collect()
            }
            Answer::Entries(lines) | Answer::EntriesAndWorse(lines, _) => {
                lines.iter().map(|line| format!("line {line}")).collect()
            }
        };
        if items.is_empty() { "none".to_owned() } else { items.join(", ") }
    }

    fn judge_unowned(&self, said: &BTreeSet<String>) -> Verdict {
        let is_wrong = |(path, owners): &(&String, &BTreeSet<String>)| owners.is_empty() != said.contains(*path);
        let wrong: Vec<_> = self.owners.iter().filter(is_wrong).collect();
        let example = wrong.first().map(|(path, owners)| {
            format!("`{path}` is {}", if owners.is_empty() { "unowned and not told" } else { "owned and told" })
        });
        Verdict { wrong: wrong.len(), of: self.owners.len(), example }
    }

    fn judge_entries(&self, said: &BTreeSet<usize>, must: &BTreeSet<usize>, may: &BTreeSet<usize>) -> Verdict {
        let missed = must.difference(said).map(|line| (line, "missed"));
        let invented =
            said.iter().filter(|line| !must.contains(line) && !may.contains(line)).map(|line| (line, "invented"));
        let wrong: Vec<_> = missed.chain(invented).collect();
        let example = wrong.first().map(|(line, how)| format!("line {line}, `{}`, {how}", self.lines[**line - 1]));
        Verdict { wrong: wrong.len(), of: self.lines.len(), example }
    }
}

fn owners_text(owners: &BTreeSet<String>) -> String {
    if owners.is_empty() { "nobody".to_owned() } else { owners.iter().cloned().collect::<Vec<_>>().join(" ") }
}
