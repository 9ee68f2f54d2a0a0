//! Compiles data in: the folder `corpus` as a table of files, and the data files that every query needs as Rust values,
//! so that no process start parses them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use toml::{Table, Value};

#[path = "src/query/thesaurus/lines.rs"]
mod thesaurus;
use thesaurus::strings;

fn main() -> io::Result<()> {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    let is_static = env::var("CARGO_CFG_TARGET_FEATURE")
        .is_ok_and(|features| features.split(',').any(|feature| feature == "crt-static"));
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") && !is_static {
        link_at_a_fixed_address();
        link_the_unwinder_in();
    }
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var("OUT_DIR").unwrap_or_default());
    fs::write(out.join("corpus.rs"), corpus(&root.join("corpus"))?)?;
    fs::write(out.join("ranking.rs"), ranking(&read(&root, "ranking")?))?;
    let thesaurus = thesaurus(&read(&root, "synonyms")?, &read(&root, "titles")?);
    fs::write(out.join("thesaurus.txt"), thesaurus)?;
    fs::write(out.join("spelling.rs"), spelling(&read(&root, "spelling")?))?;
    fs::write(out.join("query.rs"), query(&read(&root, "query")?))?;
    println!("cargo::rustc-env=BP_INDEX_DATA={:016x}", index_data(&root)?);
    Ok(())
}

/// The FNV-1a hash of the data that decides what an index holds (Fowler, Noll and Vo).
fn index_data(root: &Path) -> io::Result<u64> {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for name in ["taxonomy", "headings", "spelling", "page"] {
        let path = root.join("src/data").join(name).with_extension("toml");
        println!("cargo::rerun-if-changed={}", path.display());
        for byte in fs::read(path)? {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    Ok(hash)
}

/// Links programs at a fixed address: the compiled-in tables hold some 35,000 pointers, and a program that may be loaded
/// anywhere has to write each of them anew at every start, which is a fifth of the time of a query.
fn link_at_a_fixed_address() {
    println!("cargo::rustc-link-arg-bins=-no-pie");
}

/// Links the compiler's unwinder in where it is found, instead of loading it as a library: that one asks the processor what it
/// is at every start, which a virtual machine answers slowly (0.15 ms where a whole query takes 2.5).
fn link_the_unwinder_in() {
    let linker = env::var("RUSTC_LINKER").unwrap_or_else(|_| "cc".to_owned());
    let found = Command::new(linker)
        .arg("-print-file-name=libgcc_eh.a")
        .output();
    let path = found.map(|found| PathBuf::from(String::from_utf8_lossy(&found.stdout).trim()));
    let folder = path.ok().filter(|path| path.is_absolute() && path.exists());
    if let Some(folder) = folder.as_deref().and_then(Path::parent) {
        println!("cargo::rustc-link-search=native={}", folder.display());
        println!("cargo::rustc-link-lib=static:+verbatim,-bundle=libgcc_eh.a");
    }
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

/// The weights, each with its part and name.
fn ranking(data: &Table) -> String {
    let mut rows = String::new();
    for (part, values) in data {
        for (name, value) in values.as_table().into_iter().flatten() {
            let number = value.as_float().unwrap_or_default();
            let _ = writeln!(rows, "    ({part:?}, {name:?}, {number:?}_f32),");
        }
    }
    format!("const NUMBERS: &[(&str, &str, f32)] = &[\n{rows}];\n")
}

/// The groups of `synonyms.toml` and `titles.toml` as sorted lines, one for each member of each group:
/// `term TAB relation TAB domains TAB words that must stand beside it TAB the other members`, the lists parted by `|`.
fn thesaurus(synonyms: &Table, titles: &Table) -> String {
    let mut lines = Vec::new();
    thesaurus::lines(synonyms, titles, &mut |line| lines.push(line));
    lines.sort();
    lines.join("\n") + "\n"
}

fn spelling(data: &Table) -> String {
    let pairs = |name: &str| {
        data.get(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(strings)
            .filter(|pair| pair.len() == 2)
            .map(|pair| (pair[0].clone(), pair[1].clone()))
            .collect::<Vec<_>>()
    };
    let mut endings = pairs("endings");
    endings.sort_by_key(|(ending, _)| std::cmp::Reverse(ending.len()));
    let mut words = pairs("words");
    words.extend(pairs("irregular"));
    words.sort();
    format!(
        "static ENDINGS: &[(&str, &str)] = &{endings:?};\nstatic WORDS: &[(&str, &str)] = &{words:?};\n"
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
    let parts = data.get("silent_parts").map(strings).unwrap_or_default();
    let capitals = data.get("capitals").map(strings).unwrap_or_default();
    format!(
        "static SILENT: &[&str] = &{silent:?};\nstatic SILENT_PARTS: &[&str] = &{parts:?};\nstatic CAPITALS: &[&str] = &{capitals:?};\nstatic SCOPES: &[(&str, &str)] = &{names:?};\n"
    )
}
