//! Compiles data in: the folder `corpus` as a table of files, and the data files that every query needs as Rust values,
//! so that no process start parses them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use toml::{Table, Value};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var("OUT_DIR").unwrap_or_default());
    fs::write(out.join("corpus.rs"), corpus(&root.join("corpus"))?)?;
    fs::write(out.join("ranking.rs"), ranking(&read(&root, "ranking")?))?;
    fs::write(out.join("synonyms.rs"), synonyms(&read(&root, "synonyms")?))?;
    fs::write(out.join("query.rs"), query(&read(&root, "query")?))
}

fn read(root: &Path, name: &str) -> io::Result<Table> {
    let path = root.join("src/data").join(name).with_extension("toml");
    println!("cargo::rerun-if-changed={}", path.display());
    fs::read_to_string(path)?.parse().map_err(io::Error::other)
}

fn corpus(folder: &Path) -> io::Result<String> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.sort();
    let mut table = String::from("&[\n");
    for file in &files {
        let name = file
            .strip_prefix(folder)
            .unwrap_or(file)
            .to_string_lossy()
            .replace('\\', "/");
        let _ = writeln!(
            table,
            "    ({name:?}, include_str!({:?})),",
            file.to_string_lossy()
        );
    }
    table.push(']');
    Ok(table)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "md") {
            files.push(path);
        }
    }
    Ok(())
}

/// The weights, as literals of the structs in `ranking.rs`: a name that is missing or unknown there does not compile.
fn ranking(data: &Table) -> String {
    let part = |name: &str| {
        data.get(name)
            .and_then(Value::as_table)
            .cloned()
            .unwrap_or_default()
    };
    let number = |value: &Value| format!("{:?}_f32", value.as_float().unwrap_or_default());
    let fields: String = part("fields")
        .iter()
        .map(|(name, value)| format!("({name:?}, {}), ", number(value)))
        .collect();
    let literal = |name: &str| {
        part(name)
            .iter()
            .map(|(name, value)| format!("{name}: {}, ", number(value)))
            .collect::<String>()
    };
    format!(
        "const FIELDS: &[(&str, f32)] = &[{fields}];\nconst SCORE: Score = Score {{ {} }};\nconst VARIANTS: Variants = Variants {{ {} }};\n",
        literal("score"),
        literal("variants")
    )
}

/// The groups, and their members in order with the place of their group.
fn synonyms(data: &Table) -> String {
    let groups: Vec<Vec<String>> = data
        .get("groups")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(strings)
        .collect();
    let mut members: Vec<(&String, usize)> = groups
        .iter()
        .enumerate()
        .flat_map(|(at, group)| group.iter().map(move |member| (member, at)))
        .collect();
    members.sort();
    let rows: String = groups.iter().map(|group| format!("&{group:?}, ")).collect();
    format!(
        "static GROUPS: &[&[&str]] = &[{rows}];\nstatic MEMBERS: &[(&str, usize)] = &{members:?};\n"
    )
}

fn query(data: &Table) -> String {
    let mut silent = data.get("silent").map(strings).unwrap_or_default();
    silent.sort();
    let scopes = data
        .get("scopes")
        .and_then(Value::as_table)
        .cloned()
        .unwrap_or_default();
    let mut names: Vec<(String, String)> = scopes
        .iter()
        .flat_map(|(scope, names)| {
            strings(names)
                .into_iter()
                .map(move |name| (name, scope.clone()))
        })
        .collect();
    names.sort();
    format!("static SILENT: &[&str] = &{silent:?};\nstatic SCOPES: &[(&str, &str)] = &{names:?};\n")
}

fn strings(value: &Value) -> Vec<String> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|value| value.as_str().map(str::to_owned))
        .collect()
}
