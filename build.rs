//! Turns the catalogue's YAML into one compact text that the binary reads in a tenth of the time.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde::de::DeserializeOwned;

#[path = "src/declared/spec.rs"]
#[allow(dead_code, unreachable_pub, reason = "the binary uses the rest")]
mod declared;
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
    println!("cargo::rerun-if-changed=src/declared/spec.rs");
    println!("cargo::rerun-if-changed={}", folder.display());
    every_text_is_known(&folder)?;

    let mut kinds: Vec<spec::KindSpec> = Vec::new();
    for area in AREAS {
        kinds.extend(read::<Vec<_>>(&folder, area)?);
    }
    // What is in samples only the tests need, from the YAML itself.
    let samples: BTreeMap<String, spec::Samples> =
        kinds.iter_mut().map(|kind| (kind.kind.clone(), paths_of(std::mem::take(&mut kind.samples)))).collect();
    let embedded = spec::Embedded { kinds, exclusions: read(&folder, EXCLUSIONS)? };
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("catalogue.json"), serde_json::to_string(&embedded)?)?;
    fs::write(out.join("samples.json"), serde_json::to_string(&samples)?)?;
    declarations(&root.join("policies"))?;
    hints(&root.join("policies"))
}

/// What `init` takes for a sign of a role.
fn hints(folder: &Path) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", folder.join("hints.yaml").display());
    let hints: serde_json::Value = read(folder, "hints")?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("hints.json"), serde_json::to_string(&hints)?)?;
    Ok(())
}

/// Where files declare owners.
fn declarations(folder: &Path) -> Result<(), Box<dyn Error>> {
    const NAME: &str = "declared-owners";
    println!("cargo::rerun-if-changed={}", folder.join(NAME).with_extension("yaml").display());
    let mut all: Vec<declared::DeclarationSpec> = read(folder, NAME)?;
    for declaration in &mut all {
        declaration.samples.clear();
    }
    let target = Path::new(&env::var("OUT_DIR")?).join(NAME).with_extension("json");
    fs::write(target, serde_json::to_string(&all)?)?;
    Ok(())
}

fn paths_of(samples: spec::Samples) -> spec::Samples {
    let path = |sample| match sample {
        spec::Sample::File(file) => spec::Sample::Path(file.path),
        path @ spec::Sample::Path(_) => path,
    };
    let paths = |samples: Vec<_>| samples.into_iter().map(path).collect();
    spec::Samples { yes: paths(samples.yes), no: paths(samples.no) }
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
