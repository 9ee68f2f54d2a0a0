//! Where things are: the corpus, the index, and how paths look to the user.

use std::cell::OnceCell;
use std::env;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::args::{Filters, Match, Rank, Search, Shared};
use super::progress;
use super::ui::Ui;
use crate::corpus::{self, Problem, Severity, problem};
use crate::error::{Error, Result};
use crate::index::build::build_in_memory_watched;
use crate::index::material::read_data;
use crate::index::progress::watched;
use crate::index::refresh::{Freshness, Occasion, Ready, ready, repair};
use crate::index::{OpenIndex, Plan, Sources};
use crate::query::thesaurus::Thesaurus;
use crate::query::tree::Filter;
use crate::query::{Dimension, parse};
use crate::ranking::{self, Weights};
use crate::render::text::printable;
use crate::search::Request;
use crate::taxonomy::Taxonomy;
use crate::taxonomy::present::{Facet, as_present};

/// The folder of the index, and what it is to hold where there is none yet.
pub struct Place {
    /// The index folder; `None` for a user without a home, whose answers come from memory.
    pub index: Option<PathBuf>,
    /// What a missing index is built from.
    pub default: Plan,
    /// Whether it lies in the user's cache, where nobody put it.
    pub is_cache: bool,
}

/// Finds the index and the default corpus.
///
/// The index is the flag's, else that of `BP_INDEX`, else `./index`; without a `./corpus` and an index of ours there, it
/// is one of the compiled-in corpus in the user's cache.
pub fn place(shared: &Shared) -> Place {
    let here = env::current_dir().unwrap_or_default();
    let corpus = here.join("corpus");
    let has_corpus = corpus.is_dir();
    let sources = if has_corpus {
        Sources::Paths(vec![canonical(&corpus)])
    } else {
        Sources::BuiltIn
    };
    let default = Plan {
        sources,
        ..Plan::default()
    };
    let local = here.join("index");
    let named = shared.index();
    let is_cache = named.is_none() && !has_corpus && !local.join("CURRENT").is_file();
    let index = match named {
        Some(index) => Some(std::path::absolute(&index).unwrap_or(index)),
        None if !is_cache => Some(local),
        None => cache()
            .map(|cache| cache.join(format!("builtin-{:016x}", corpus::built_in_fingerprint()))),
    };
    Place {
        index,
        default,
        is_cache,
    }
}

/// The folder that `bp index PATH` writes to.
pub fn index_folder(shared: &Shared) -> PathBuf {
    let index = shared.index().unwrap_or_else(|| PathBuf::from("index"));
    std::path::absolute(&index).unwrap_or(index)
}

/// The user's cache folder for us.
fn cache() -> Option<PathBuf> {
    let named = |name: &str| {
        env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    named("XDG_CACHE_HOME")
        .or_else(|| named("LOCALAPPDATA"))
        .or_else(|| named("HOME").map(|home| home.join(".cache")))
        .map(|base| base.join("bp"))
}

/// Returns the path as the system knows it; one that is not there as an absolute one.
pub fn canonical(path: &Path) -> PathBuf {
    path.canonicalize()
        .or_else(|_| std::path::absolute(path))
        .unwrap_or_else(|_| path.to_owned())
}

/// Shows a path: relative below the current folder, else as it is. Control characters in a name never reach a terminal.
pub fn shown(path: &str) -> String {
    static HERE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let here = HERE.get_or_init(|| env::current_dir().and_then(|here| here.canonicalize()).ok());
    match here
        .as_ref()
        .and_then(|here| Path::new(path).strip_prefix(here).ok())
    {
        Some(relative) if !relative.as_os_str().is_empty() => {
            printable(&relative.to_string_lossy())
        }
        _ => printable(path),
    }
}

/// Answers from the index, building it where that is needed, and says what happened.
///
/// An index that proves damaged while it answers is built anew and asked again.
///
/// # Errors
/// Fails as `answer` does, and where there is no index and none can be built.
pub fn ask<T>(
    ui: &Ui,
    shared: &Shared,
    answer: impl Fn(&OpenIndex) -> Result<T>,
) -> Result<(OpenIndex, T)> {
    let place = place(shared);
    let freshness = match (shared.no_update, shared.update) {
        (true, _) => Freshness::AsItIs,
        (_, true) => Freshness::Full,
        _ => Freshness::Cheap,
    };
    let from_memory = |reason: &str| {
        ui.note(&format!("the answer comes from memory, since {reason}"));
        let build = |progress: &_| build_in_memory_watched(&place.default, progress);
        let (index, _) = watched(&progress::reading(ui), build)?;
        let answer = answer(&index)?;
        Ok((index, answer))
    };
    let Some(folder) = &place.index else {
        return from_memory("there is no home to keep an index in");
    };
    let watch = progress::writing(ui, folder);
    let ready = match ready(folder, &place.default, freshness, &watch) {
        // The user's cache is ours to leave alone: what it refuses is answered from memory.
        Err(error @ Error::Io { .. }) if place.is_cache => {
            return from_memory(&format!("there is no index to be read: {error}"));
        }
        ready => ready?,
    };
    tell(ui, folder, &ready);
    match answer(&ready.index) {
        Err(found @ Error::Damaged { .. })
            if ready.index.folder.is_some() && freshness != Freshness::AsItIs =>
        {
            let ready = repair(folder, &ready.index.header, found, &watch)?;
            tell(ui, folder, &ready);
            let answer = answer(&ready.index)?;
            Ok((ready.index, answer))
        }
        answer => answer.map(|answer| (ready.index, answer)),
    }
}

fn tell(ui: &Ui, folder: &Path, ready: &Ready) {
    let folder = format!("{}/", shown(&folder.to_string_lossy()));
    if let Some(error) = &ready.not_taken_in {
        ui.warn(&format!("the blueprints have changed and could not be read anew, the index answers as it was: {error}"));
    }
    for path in &ready.unreachable {
        ui.warn(&format!(
            "{} cannot be reached; the index answers as it is",
            path.display()
        ));
    }
    let Some((occasion, problems)) = &ready.built else {
        return;
    };
    let roles = match ready.index.header.roles {
        1 => "1 role".to_owned(),
        roles => format!("{roles} roles"),
    };
    if let Some(error) = &ready.in_memory {
        ui.note(&format!(
            "the answer comes from memory, since no index can be written: {error}"
        ));
    } else {
        match occasion {
            Occasion::Missing => ui.note(&format!("built the index of {roles} in {folder}")),
            Occasion::Changed => ui.note(&format!(
                "the blueprints have changed; the index in {folder} now holds {roles}"
            )),
            Occasion::OtherVersion => ui.note(&format!(
                "the index in {folder} was made by another version of bp and is built anew"
            )),
            Occasion::Damaged(error) => ui.warn(&format!("{error}; it is built anew")),
        }
    }
    say_problems(ui, problems);
}

/// Says what there is to say of the files; returns whether one could not be read.
pub fn say_problems(ui: &Ui, problems: &[Problem]) -> bool {
    let wanted: Vec<&Problem> = problems
        .iter()
        .filter(|problem| ui.verbose || problem.severity() > Severity::Quiet)
        .collect();
    for (severity, line) in problem::lines(&wanted, ui.verbose, shown) {
        match severity {
            Severity::Error => ui.problem(&line),
            Severity::Note | Severity::Quiet => ui.note(&line),
        }
    }
    problems
        .iter()
        .any(|problem| problem.severity() == Severity::Error)
}

/// Reads the filters against what is in the index.
pub fn filtered(index: &OpenIndex, filters: &Filters) -> Result<Request> {
    request(index, filters, &Search::default(), "")
}

/// Reads a query and the filters, those within the query too, against what is in the index.
pub fn request(
    index: &OpenIndex,
    filters: &Filters,
    search: &Search,
    text: &str,
) -> Result<Request> {
    let mut request = Request {
        query: parse(text),
        weights: weights(search)?,
        ..Request::default()
    };
    let is_plain = request.weights.is_plain;
    request.rules.no_fuzzy = search.no_fuzzy || is_plain;
    request.rules.no_synonyms = search.no_synonyms || is_plain;
    request.rules.keep_silent = is_plain;
    request.rules.all = search.match_ == Match::All;
    if let Some(path) = index
        .header
        .synonyms
        .as_deref()
        .filter(|_| !request.rules.no_synonyms)
    {
        // Where the file is gone, the compiled-in words are left.
        if let Ok(text) = read_data(path) {
            request.rules.thesaurus = Thesaurus::with_overlay(&text, path)?;
        }
    }
    let within = std::mem::take(&mut request.query.filters);
    if !(filters.level.is_empty() && filters.domain.is_empty() && within.is_empty()) {
        choose(index, filters, &within, &mut request)?;
    }
    request.query.filters = within;
    match request.query.remarks.first() {
        Some(remark) if search.strict => Err(Error::Query {
            query: request.query.text.clone(),
            remark: remark.text.clone(),
            span: remark.span,
        }),
        _ => Ok(request),
    }
}

fn weights(search: &Search) -> Result<Weights> {
    match (&search.weights, search.rank) {
        (_, Rank::Bm25) => Ok(ranking::plain().clone()),
        (Some(path), Rank::Roles) => Weights::with_overlay(&read_data(path)?, path),
        (None, Rank::Roles) => Ok(ranking::weights().clone()),
    }
}

/// Turns the filters of flags and query into chosen facet values; what the query's name wrongly is searched as a word.
fn choose(
    index: &OpenIndex,
    filters: &Filters,
    within: &[Filter],
    request: &mut Request,
) -> Result<()> {
    let taxonomy = OnceCell::new();
    let values = |values: &[crate::index::header::FacetValue]| {
        values
            .iter()
            .map(|value| value.value.clone())
            .collect::<Vec<_>>()
    };
    let (levels, domains) = (values(&index.header.levels), values(&index.header.domains));
    let select = |dimension: Dimension, chosen: &[String]| {
        let (facet, present) = match dimension {
            Dimension::Level => (Facet::Level, &levels),
            Dimension::Domain => (Facet::Domain, &domains),
        };
        if let (Some(selection), None) =
            (as_present(facet, chosen, present), &index.header.taxonomy)
        {
            return Ok(selection);
        }
        let taxonomy = kept_taxonomy(&taxonomy, index)?;
        match dimension {
            Dimension::Level => taxonomy.select_levels(chosen, present),
            Dimension::Domain => taxonomy.select_domains(chosen, present),
        }
    };
    let (mut level, mut domain) = (filters.level.clone(), filters.domain.clone());
    for filter in within {
        match select(filter.dimension, std::slice::from_ref(&filter.value)) {
            Ok(selection) if filter.negated => {
                let left_out = selection.values.into_iter();
                request
                    .without
                    .extend(left_out.map(|value| (filter.dimension, value)));
            }
            Ok(_) => match filter.dimension {
                Dimension::Level => level.push(filter.value.clone()),
                Dimension::Domain => domain.push(filter.value.clone()),
            },
            Err(error) => request.query.search_as_word(filter, &error.to_string()),
        }
    }
    request.levels = select(Dimension::Level, &level)?;
    request.domains = select(Dimension::Domain, &domain)?;
    Ok(())
}

/// The same, read when it is first asked for.
fn kept_taxonomy<'t>(kept: &'t OnceCell<Taxonomy>, index: &OpenIndex) -> Result<&'t Taxonomy> {
    match kept.get() {
        Some(taxonomy) => Ok(taxonomy),
        None => taxonomy_of(index).map(|read| kept.get_or_init(|| read)),
    }
}

/// The taxonomy that the index was built with; the compiled-in one where its overlay is gone.
fn taxonomy_of(index: &OpenIndex) -> Result<Taxonomy> {
    let path = index.header.taxonomy.as_deref();
    let overlay = path.and_then(|path| read_data(path).ok());
    Taxonomy::new(
        overlay.as_deref(),
        path.unwrap_or(Path::new("taxonomy.toml")),
    )
}

/// Refuses a format that a command does not have.
pub fn no_such_format(command: &str, formats: &str) -> Error {
    Error::Usage {
        message: format!("{command} has no such format"),
        tip: Some(format!("formats of {command}: {formats}")),
    }
}
