//! The hosts, and what tells which of them reads a CODEOWNERS file.

use std::fmt;

/// A host's reading of CODEOWNERS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Dialect {
    /// <https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners>
    #[default]
    GitHub,
    /// <https://docs.gitlab.com/user/project/codeowners/reference/>
    GitLab,
    /// Bitbucket Cloud: <https://support.atlassian.com/bitbucket-cloud/docs/set-up-and-use-code-owners/>
    Bitbucket,
    /// <https://docs.gitea.com/usage/code-owners>
    Gitea,
    /// <https://forgejo.org/docs/latest/user/code-owners/>
    Forgejo,
}

impl Dialect {
    /// All of them, in the order in which their own folders are looked at.
    pub const ALL: [Self; 5] = [Self::GitHub, Self::GitLab, Self::Bitbucket, Self::Gitea, Self::Forgejo];

    /// The word of the command line and the policy: `github`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::Bitbucket => "bitbucket",
            Self::Gitea => "gitea",
            Self::Forgejo => "forgejo",
        }
    }

    /// The dialect of a [`Self::name`].
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.name() == name)
    }

    /// Where the host looks for CODEOWNERS, in its order: the first found is the only one it reads.
    ///
    /// Sources: the pages above, `file.rb` and `loader.rb` of GitLab, `issue/pull.go` of Gitea.
    pub const fn places(self) -> &'static [&'static str] {
        match self {
            Self::GitHub => &[".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"],
            Self::GitLab => &["CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"],
            Self::Bitbucket => &[".bitbucket/CODEOWNERS"],
            Self::Gitea => &["CODEOWNERS", "docs/CODEOWNERS", ".gitea/CODEOWNERS"],
            Self::Forgejo => &["CODEOWNERS", "docs/CODEOWNERS", ".forgejo/CODEOWNERS", ".gitea/CODEOWNERS"],
        }
    }

    /// True where all matching entries count, and not only the last of a section.
    pub const fn adds_up(self) -> bool {
        matches!(self, Self::Gitea | Self::Forgejo)
    }

    /// True where a second group of owners can be asked beside the first: both must approve.
    pub const fn has_sections(self) -> bool {
        matches!(self, Self::GitLab)
    }

    /// Decides by where the files stand, then by the variables of a CI service, then by the address of git's remote.
    ///
    /// `present` are the [`Self::places`] of any host at which a file is, or the end of the path that the user named.
    /// `remote` is asked for last, and only where nothing else tells.
    pub fn detect(present: &[&str], is_set: impl Fn(&str) -> bool, remote: impl FnOnce() -> Option<String>) -> Choice {
        let by_place: Vec<(Self, &str)> =
            present.iter().filter_map(|place| Some((Self::of_folder(place)?, *place))).collect();
        if let [(dialect, place)] = by_place.as_slice() {
            return Choice { dialect: *dialect, because: Because::Place((*place).to_owned()) };
        }
        if let Some((variable, dialect)) = SERVICES.into_iter().find(|(variable, _)| is_set(variable)) {
            return Choice { dialect, because: Because::Service(variable) };
        }
        // A repository without the file has nothing to read, whatever its host.
        let remote = if present.is_empty() { None } else { remote() };
        let host = remote.as_deref().and_then(host_of);
        if let Some((host, dialect)) = host.and_then(|host| Some((host, Self::of_host(host)?))) {
            return Choice { dialect, because: Because::Remote(host.to_owned()) };
        }
        match by_place.first() {
            Some((dialect, place)) => Choice { dialect: *dialect, because: Because::Place((*place).to_owned()) },
            None => Choice { dialect: Self::default(), because: Because::Nothing },
        }
    }

    /// The host whose own folder the file stands in.
    fn of_folder(path: &str) -> Option<Self> {
        let folder = path.strip_suffix("/CODEOWNERS")?.rsplit('/').next()?;
        Some(match folder {
            ".github" => Self::GitHub,
            ".gitlab" => Self::GitLab,
            ".bitbucket" => Self::Bitbucket,
            ".gitea" => Self::Gitea,
            ".forgejo" => Self::Forgejo,
            _ => return None,
        })
    }

    /// `github.com`, `gitlab.acme.com`: self-hosted ones carry the product in their name, or cannot be told.
    fn of_host(host: &str) -> Option<Self> {
        let host = host.to_ascii_lowercase();
        let has = |word: &str| host.split(['.', '-']).any(|label| label == word);
        [("codeberg", Self::Forgejo)]
            .into_iter()
            .chain(Self::ALL.map(|dialect| (dialect.name(), dialect)))
            .find(|(word, _)| has(word))
            .map(|(_, dialect)| dialect)
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::GitHub => "GitHub",
            Self::GitLab => "GitLab",
            Self::Bitbucket => "Bitbucket",
            Self::Gitea => "Gitea",
            Self::Forgejo => "Forgejo",
        })
    }
}

/// Variables that CI services set. Gitea's and Forgejo's runners set GitHub's too, so theirs come first.
const SERVICES: [(&str, Dialect); 5] = [
    ("FORGEJO_ACTIONS", Dialect::Forgejo),
    ("GITEA_ACTIONS", Dialect::Gitea),
    ("GITLAB_CI", Dialect::GitLab),
    ("BITBUCKET_BUILD_NUMBER", Dialect::Bitbucket),
    ("GITHUB_ACTIONS", Dialect::GitHub),
];

/// The host of `https://user@host:port/path`, `ssh://host/path` or `git@host:path`.
fn host_of(remote: &str) -> Option<&str> {
    let rest = remote.split_once("://").map_or(remote, |(_, rest)| rest);
    let authority = rest.split(['/', ':']).next().filter(|_| rest.contains(['/', ':']))?;
    // `user:password@host`: the colon above may have cut it short.
    let authority = if rest.split('/').next().is_some_and(|whole| whole.contains('@')) {
        rest.split('/').next()?.rsplit('@').next()?.split(':').next()?
    } else {
        authority
    };
    Some(authority).filter(|host| !host.is_empty())
}

/// A dialect, and why it was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// How CODEOWNERS is read.
    pub dialect: Dialect,
    /// What decided.
    pub because: Because,
}

/// What decided the dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// `--dialect` said so.
    Asked,
    /// The policy says so.
    Policy,
    /// A file at this path, which only one host reads.
    Place(String),
    /// A CI service that sets this variable.
    Service(&'static str),
    /// git's remote, on this host.
    Remote(String),
    /// Nothing tells: the default.
    Nothing,
}

impl fmt::Display for Because {
    /// A clause that goes on from "read as GitHub reads it, ".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked => f.write_str("as --dialect says"),
            Self::Policy => f.write_str("as the policy says"),
            Self::Place(place) => write!(f, "because of its place, {place}"),
            Self::Service(variable) => write!(f, "because {variable} is set"),
            Self::Remote(host) => write!(f, "because the remote is on {host}"),
            Self::Nothing => f.write_str("the default; --dialect says otherwise"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(present: &[&str], set: &[&str], remote: Option<&str>) -> String {
        let choice = Dialect::detect(present, |variable| set.contains(&variable), || remote.map(str::to_owned));
        format!("{}, {}", choice.dialect, choice.because)
    }

    #[test]
    fn the_place_decides_before_the_service_and_the_remote() {
        let github = Some("git@github.com:acme/fraud.git");
        assert_eq!(
            detect(&[".gitlab/CODEOWNERS", "CODEOWNERS"], &["GITHUB_ACTIONS"], github),
            "GitLab, because of its place, .gitlab/CODEOWNERS"
        );
        assert_eq!(detect(&["CODEOWNERS"], &["GITLAB_CI"], github), "GitLab, because GITLAB_CI is set");
        assert_eq!(
            detect(&["docs/CODEOWNERS"], &["GITEA_ACTIONS", "GITHUB_ACTIONS"], None),
            "Gitea, because GITEA_ACTIONS is set"
        );
        assert_eq!(detect(&["CODEOWNERS"], &[], github), "GitHub, because the remote is on github.com");
        assert_eq!(detect(&["CODEOWNERS"], &[], None), "GitHub, the default; --dialect says otherwise");
    }

    #[test]
    fn files_of_two_hosts_leave_it_to_the_others_and_else_to_the_first() {
        let both = [".github/CODEOWNERS", ".gitlab/CODEOWNERS"];
        assert_eq!(detect(&both, &["GITLAB_CI"], None), "GitLab, because GITLAB_CI is set");
        assert_eq!(detect(&both, &[], None), "GitHub, because of its place, .github/CODEOWNERS");
    }

    #[test]
    fn remotes_in_every_form() {
        for (remote, expected) in [
            ("https://github.com/acme/x", Some(Dialect::GitHub)),
            ("https://token:x@gitlab.acme.com:8443/group/x.git", Some(Dialect::GitLab)),
            ("git@gitlab.acme.com:group/x.git", Some(Dialect::GitLab)),
            ("ssh://git@bitbucket.org/acme/x", Some(Dialect::Bitbucket)),
            ("https://codeberg.org/acme/x", Some(Dialect::Forgejo)),
            ("https://git.acme.com/github/x", None),
            ("/srv/github/x.git", None),
            ("../github", None),
            ("github", None),
        ] {
            assert_eq!(host_of(remote).and_then(Dialect::of_host), expected, "{remote}");
        }
    }
}
