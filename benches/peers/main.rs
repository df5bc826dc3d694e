//! The public tools beside the product: are they right, and how long do they take? `benches/peers.sh` starts this.
//!
//! Every tool is a whole process on a real git repository. Its answer is compared with a naive reading before it is
//! timed; a tool that is wrong is marked, not beaten. The product is measured and judged as the others are, and where
//! it is wrong the run fails.

#![allow(unreachable_pub, reason = "a program of its own, nobody's library")]
#![allow(clippy::print_stderr, clippy::print_stdout, reason = "a program that talks to its user")]

mod answer;
mod cases;
mod report;
mod run;
#[path = "../support/mod.rs"]
mod support;
mod tools;
mod truth;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use answer::{Answer, Job};
use cases::{CASES, Case};
use clap::Parser;
use report::Table;
use run::Ran;
use support::{Repository, Style, git};
use tools::{FLOOR, OURS, PEERS, Tool};
use truth::Truth;

/// Judges and times CODEOWNERS tools.
#[derive(Parser)]
struct Options {
    /// Where the tools are installed
    #[arg(long)]
    peers: PathBuf,
    /// The product's binary
    #[arg(long)]
    ours: PathBuf,
    /// Only the small repositories, without any timing
    #[arg(long)]
    correctness: bool,
    /// Files of the generated repository
    #[arg(long, default_value_t = 100_000)]
    paths: usize,
    /// Entries of the generated repository
    #[arg(long, default_value_t = 1_000)]
    entries: usize,
    /// Seconds after which a tool is stopped
    #[arg(long, default_value_t = 60)]
    limit: u64,
    /// The page whose tables are written anew
    #[arg(long)]
    page: Option<PathBuf>,
}

fn main() -> ExitCode {
    match Bench::new(Options::parse()).and_then(|bench| bench.run()) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(wrong) => {
            eprintln!("error: mlops-lint is wrong {wrong} times");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What is timed, and how its entries are called.
const REPOSITORIES: [(Style, &str); 2] =
    [(Style::Directories, "all anchored directories"), (Style::Mixed, "seven kinds of patterns")];

/// A tool that is there.
struct Installed {
    tool: &'static Tool,
    place: PathBuf,
}

struct Bench {
    options: Options,
    tools: Vec<Installed>,
    /// Where the scripts beside this file are.
    scripts: PathBuf,
    scratch: tempfile::TempDir,
}

/// A repository on the disk, with what is true of it.
struct Repo {
    folder: PathBuf,
    truth: Truth,
}

impl Bench {
    fn new(options: Options) -> io::Result<Self> {
        let options = Options { peers: options.peers.canonicalize()?, ours: options.ours.canonicalize()?, ..options };
        let mut tools = vec![Installed { tool: &OURS, place: options.ours.clone() }];
        for tool in PEERS {
            match tool.installed(&options.peers) {
                Some(place) => tools.push(Installed { tool, place }),
                None => eprintln!("{}: not installed, left out", tool.name),
            }
        }
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers");
        Ok(Self { options, tools, scripts, scratch: tempfile::tempdir()? })
    }

    /// How often the product is wrong.
    fn run(&self) -> io::Result<usize> {
        let mut wrong = 0;
        let table = self.correctness(&mut wrong)?;
        self.publish("correctness", &table)?;
        if !self.options.correctness {
            let tables = self.speed(&mut wrong)?;
            self.publish("speed", &tables)?;
        }
        Ok(wrong)
    }

    fn publish(&self, name: &str, tables: &str) -> io::Result<()> {
        println!("{tables}");
        self.options.page.as_deref().map_or(Ok(()), |page| report::replace(page, name, tables))
    }

    fn limit(&self) -> Duration {
        Duration::from_secs(self.options.limit)
    }

    fn command(&self, template: &str, place: &Path) -> String {
        tools::command(template, place, &self.scripts)
    }

    /// A row a tool, a column a case.
    fn correctness(&self, wrong: &mut usize) -> io::Result<String> {
        let repos = CASES.iter().map(|case| self.small(case)).collect::<io::Result<Vec<_>>>()?;
        let mut text = String::new();
        for (job, title) in Job::ALL {
            let of_job: Vec<_> = CASES.iter().zip(&repos).filter(|(case, _)| case.job == job).collect();
            if of_job.is_empty() {
                continue;
            }
            let columns: Vec<&str> = std::iter::once("").chain(of_job.iter().map(|(case, _)| case.title)).collect();
            let mut table = Table::new(&columns);
            let entries =
                |case: &Case| case.codeowners.trim().lines().map(|line| format!("`{line}`")).collect::<Vec<_>>();
            let cells = of_job.iter().map(|(case, _)| entries(case).join("<br>"));
            table.row(std::iter::once("CODEOWNERS".to_owned()).chain(cells));
            let cells = of_job.iter().map(|(case, _)| case.right.to_owned());
            table.row(std::iter::once("**right**".to_owned()).chain(cells));
            for Installed { tool, place } in &self.tools {
                let Some((form, line)) = tool.answers(job) else { continue };
                let mut cells = vec![tool.name.to_owned()];
                for (_, repo) in &of_job {
                    let Ran::Output(output, _) = run::once(&self.command(line, place), &repo.folder, self.limit())?
                    else {
                        cells.push("no answer in time".to_owned());
                        continue;
                    };
                    let Some(answer) = answer::read(form, &output, &repo.truth.lines) else {
                        cells.push("**wrong**: refuses the file".to_owned());
                        continue;
                    };
                    let is_right = repo.truth.judge(job, &answer).wrong == 0;
                    *wrong += usize::from(!is_right && tool.name == OURS.name);
                    cells.push(if is_right {
                        "right".to_owned()
                    } else {
                        format!("**wrong**: {}", repo.truth.said(&answer))
                    });
                }
                table.row(cells);
            }
            let _ = write!(text, "### {title}\n\n{}\n", table.text());
        }
        Ok(text)
    }

    fn small(&self, case: &Case) -> io::Result<Repo> {
        let repository = Repository {
            paths: case.files.iter().map(|&path| path.to_owned()).collect(),
            patterns: Vec::new(),
            codeowners: case.codeowners.to_owned(),
        };
        self.lay(case.name, &repository, case.shadowed.iter().copied().collect())
    }

    /// Writes a repository, and reads it naively.
    fn lay(&self, name: &str, repository: &Repository, shadowed: BTreeSet<usize>) -> io::Result<Repo> {
        let folder = self.scratch.path().join(name);
        git::write(repository, &folder, true)?;
        let mut files = repository.paths.clone();
        files.push(git::CODEOWNERS.to_owned());
        Ok(Repo { folder, truth: Truth::new(&repository.codeowners, &files, shadowed) })
    }

    /// Two repositories, a table a job, the fastest first.
    fn speed(&self, wrong: &mut usize) -> io::Result<String> {
        let mut text = format!("On {}.\n\n", report::machine());
        for (style, title) in REPOSITORIES {
            let Options { paths, entries, .. } = self.options;
            eprintln!("{paths} files, {entries} entries, {title}: read naively first");
            let repository = Repository::new(style, paths, entries);
            let repo = self.lay(style.name(), &repository, shadowed_directories(&repository.patterns))?;
            let floor = self.time(FLOOR, &repo)?;
            let _ = write!(text, "### {paths} files, {entries} entries, {title}\n\n");
            for (job, title) in Job::ALL {
                // Which entries of many kinds can never decide, no naive reading tells.
                if job == Job::Shadowed && style != Style::Directories {
                    continue;
                }
                let mut rows =
                    vec![(floor.0, vec![format!("`{FLOOR}`"), floor.1.clone(), "1".to_owned(), String::new()])];
                for installed in &self.tools {
                    rows.extend(self.measure(installed, job, &repo, floor.0, wrong)?);
                }
                rows.sort_by(|a, b| a.0.total_cmp(&b.0));
                let mut table = Table::new(&[title, "time", "times the floor", "answer"]);
                for (_, row) in rows {
                    table.row(row);
                }
                let _ = writeln!(text, "{}", table.text());
            }
        }
        Ok(text)
    }

    /// One tool at one job: the seconds, and its row.
    fn measure(
        &self,
        Installed { tool, place }: &Installed,
        job: Job,
        repo: &Repo,
        floor: f64,
        wrong: &mut usize,
    ) -> io::Result<Option<(f64, Vec<String>)>> {
        let Some((form, line)) = tool.does(job) else { return Ok(None) };
        let line = self.command(line, place);
        eprintln!("{job:?}: {}", tool.name);
        let (output, took) = match run::once(&line, &repo.folder, self.limit())? {
            Ran::Output(output, took) => (output, took.as_secs_f64()),
            Ran::TooLong => {
                let time = format!("over {} s", self.options.limit);
                return Ok(Some((
                    f64::INFINITY,
                    vec![tool.name.to_owned(), time, String::new(), "not known".to_owned()],
                )));
            }
        };
        let verdict = repo.verdict(job, answer::read(form, &output, &repo.truth.lines).as_ref());
        *wrong += usize::from(verdict.is_some() && tool.name == OURS.name);
        // What takes so long is not repeated.
        let (seconds, time) = if took >= 5.0 { (took, format!("{took:.1} s, once")) } else { self.time(&line, repo)? };
        let times = format!("{:.1}", seconds / floor);
        Ok(Some((seconds, vec![tool.name.to_owned(), time, times, verdict.unwrap_or_else(|| "right".to_owned())])))
    }

    /// Seconds, and how they are written.
    fn time(&self, line: &str, repo: &Repo) -> io::Result<(f64, String)> {
        let (mean, deviation) = run::timed(line, &repo.folder, 10, self.scratch.path())?;
        Ok((mean, format!("{:.0} ± {:.0} ms", mean * 1000.0, deviation * 1000.0)))
    }
}

impl Repo {
    /// `None` for a right answer.
    fn verdict(&self, job: Job, answer: Option<&Answer>) -> Option<String> {
        let Some(answer) = answer else { return Some("**fails**".to_owned()) };
        let verdict = self.truth.judge(job, answer);
        let example = verdict.example?;
        Some(format!("**wrong** on {} of {}: {example}", verdict.wrong, verdict.of))
    }
}

/// The lines that a later one stands above. Where every pattern is an anchored directory, text alone tells, and no two of
/// them together cover a third: new files may come beside theirs.
fn shadowed_directories(patterns: &[String]) -> BTreeSet<usize> {
    let is_covered = |at: &usize| patterns[at + 1..].iter().any(|later| patterns[*at].starts_with(later.as_str()));
    (0..patterns.len()).filter(is_covered).map(|at| at + 1).collect()
}
