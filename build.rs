//! Turns the catalogue's YAML into one compact text that the binary reads in a tenth of the time.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde::de::DeserializeOwned;

#[path = "src/catalogue/spec.rs"]
#[allow(dead_code, unreachable_pub, reason = "the binary uses the rest")]
mod spec;

/// The texts of kinds, in the order that decides between kinds whose evidence is equally good.
const AREAS: [&str; 13] = [
    "data",
    "features",
    "training",
    "notebooks",
    "pipelines",
    "models",
    "evaluation",
    "prompts",
    "serving",
    "deployment",
    "monitoring",
    "ci",
    "governance",
];
const EXCLUSIONS: &str = "exclusions";

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let folder = root.join("policies/catalogue");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/catalogue/spec.rs");
    println!("cargo::rerun-if-changed={}", folder.display());
    every_text_is_known(&folder)?;

    let mut kinds: Vec<spec::KindSpec> = Vec::new();
    for area in AREAS {
        kinds.extend(read::<Vec<_>>(&folder, area)?);
    }
    for kind in &mut kinds {
        // Only the tests read them, from the YAML itself.
        kind.samples = spec::Samples::default();
    }
    let embedded = spec::Embedded { kinds, exclusions: read(&folder, EXCLUSIONS)? };
    let target = Path::new(&env::var("OUT_DIR")?).join("catalogue.json");
    fs::write(target, serde_json::to_string(&embedded)?)?;
    embed_hints(&root)
}

/// What `init` takes for a sign of a role.
fn embed_hints(root: &Path) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", root.join("policies/hints.yaml").display());
    let hints: serde_json::Value = read(&root.join("policies"), "hints")?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("hints.json"), serde_json::to_string(&hints)?)?;
    Ok(())
}

fn read<T: DeserializeOwned>(folder: &Path, name: &str) -> Result<T, Box<dyn Error>> {
    let path = folder.join(name).with_extension("yaml");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_saphyr::from_str(&text).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// A text that nobody reads would be a kind that nobody finds.
fn every_text_is_known(folder: &Path) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        if path.extension().is_some_and(|extension| extension == "yaml") && !AREAS.contains(&name) && name != EXCLUSIONS
        {
            return Err(format!("{} is not in build.rs", path.display()).into());
        }
    }
    Ok(())
}
