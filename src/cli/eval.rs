//! `bp eval`: relevance figures of judged queries, of a search or of a run that is there already.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::Instant;

use rayon::prelude::*;

use super::args::{By, DocId, Eval, Filters, Format, Gain, Search, Shared};
use super::exit::Exit;
use super::place;
use super::ui::{Stop, Ui};
use crate::error::{Error, Result};
use crate::eval::metrics::{Cut, Gain as Worth, Metric};
use crate::eval::queries::{Query, read_queries};
use crate::eval::trec::{Qrels, Retrieved, Run, read_qrels, read_run, write_run};
use crate::eval::{Report, Trial, evaluate, groups};
use crate::index::OpenIndex;
use crate::render::Output;
use crate::render::eval::{Applied, Evaluated, eval};
use crate::render::text::printable;
use crate::search::{Hit, Request, search};

/// The last column of the runs that are written.
const TAG: &str = "bp";

/// What was found, and by which name roles go in it.
struct Found {
    run: Run,
    named: Option<DocId>,
}

/// Runs the command.
pub fn run(ui: &mut Ui, shared: &Shared, args: &Eval) -> std::result::Result<Exit, Stop> {
    let start = Instant::now();
    let output = output(shared)?;
    let qrels = read(args.qrels.as_deref(), read_qrels)?;
    let baseline = read(args.baseline.as_deref(), read_run)?;
    let given = read(args.run.as_deref(), read_run)?;
    let queries = match read(args.queries.as_deref(), read_queries)? {
        Some(queries) => of_split(queries, args.split.as_deref())?,
        None => named_in(given.as_ref(), qrels.as_ref()),
    };
    let found = match given {
        Some(run) => Found { run, named: None },
        None => ask(ui, shared, args, &queries, qrels.as_ref())?,
    };
    if let Some(path) = &args.run_out {
        write(path, &queries, &found.run)?;
    }
    let cut = Cut {
        k: args.k as usize,
        depth: args.depth.max(args.k) as usize,
        gain: match args.gain {
            Gain::Linear => Worth::Linear,
            Gain::Exp2 => Worth::Exp2,
        },
    };
    let report = evaluate(&Trial {
        queries: &queries,
        counts_all_judged: args.split.is_none(),
        qrels: qrels.as_ref(),
        run: &found.run,
        baseline: baseline.as_ref(),
        cut,
    });
    refuse_strangers(args, [Some(&found.run), baseline.as_ref()], &report)?;
    if output != Output::Json {
        remarks(&report).iter().for_each(|remark| ui.note(remark));
    }
    let evaluated = Evaluated {
        report: &report,
        groups: args
            .by
            .map(|by| (column(by), groups(&report.rows, cell(by)))),
        per_query: args.per_query,
        floor: args.fail_under,
        applied: applied(args, found.named),
        took_ms: start.elapsed().as_millis() as u64,
    };
    ui.result(&eval(&evaluated, output, ui.style()))?;
    if evaluated.is_under_floor() {
        let (name, mean) = (Metric::Ndcg.label(&cut), report.mean.ndcg);
        let floor = args.fail_under.unwrap_or_default();
        ui.note(&format!("{name} is {mean:.4}, under {floor}"));
        return Ok(Exit::NothingFound);
    }
    Ok(Exit::Done)
}

fn output(shared: &Shared) -> Result<Output> {
    match shared.format() {
        Format::Text => Ok(Output::Text),
        Format::Json => Ok(Output::Json),
        Format::Csv => Ok(Output::Separated(',')),
        Format::Tsv => Ok(Output::Separated('\t')),
        Format::Md => Ok(Output::Markdown),
        Format::Jsonl | Format::Ids => {
            Err(place::no_such_format("eval", "text, json, csv, tsv, md"))
        }
    }
}

/// Reads a file, if there is one to read.
fn read<T>(path: Option<&Path>, parse: impl FnOnce(&str, &Path) -> Result<T>) -> Result<Option<T>> {
    let Some(path) = path else { return Ok(None) };
    let bytes = fs::read(path).map_err(Error::io("cannot read", path))?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = before.split(|byte| *byte == b'\n').count();
        Error::data(path, line, "the line is not UTF-8")
    })?;
    parse(text.trim_start_matches('\u{feff}'), path).map(Some)
}

fn of_split(mut queries: Vec<Query>, split: Option<&str>) -> Result<Vec<Query>> {
    let Some(split) = split else {
        return Ok(queries);
    };
    let known: BTreeSet<String> = queries.iter().map(|query| query.split.clone()).collect();
    queries.retain(|query| query.split == split);
    if queries.is_empty() {
        return Err(Error::UnknownName {
            what: "split",
            value: split.to_owned(),
            known: known.into_iter().filter(|name| !name.is_empty()).collect(),
        });
    }
    Ok(queries)
}

/// The queries of a run and its judgements, where no file tells more of them.
fn named_in(run: Option<&Run>, qrels: Option<&Qrels>) -> Vec<Query> {
    let run = run.into_iter().flat_map(Run::keys);
    let ids: BTreeSet<&String> = run.chain(qrels.into_iter().flat_map(Qrels::keys)).collect();
    ids.into_iter().map(|id| Query::named(id)).collect()
}

/// Refuses judgements and runs that have no query in common: they belong to other queries. A run may be empty, though.
fn refuse_strangers(args: &Eval, runs: [Option<&Run>; 2], report: &Report) -> Result<()> {
    let Some(qrels) = &args.qrels else {
        return Ok(());
    };
    let given = args.queries.as_ref().or(args.run.as_ref());
    let strangers = [&report.without_run, &report.without_baseline];
    let paths = [given, args.baseline.as_ref()];
    for ((strangers, path), run) in strangers.into_iter().zip(paths).zip(runs) {
        let is_empty = run.is_none_or(Run::is_empty) && !report.rows.is_empty();
        let is_strange = strangers.len() == report.rows.len() && !is_empty;
        if let Some(path) = path.filter(|_| is_strange) {
            return Err(Error::NothingJudged {
                queries: path.clone(),
                qrels: qrels.clone(),
            });
        }
    }
    Ok(())
}

/// Asks the index for every query.
fn ask(
    ui: &Ui,
    shared: &Shared,
    args: &Eval,
    queries: &[Query],
    qrels: Option<&Qrels>,
) -> Result<Found> {
    let path = args.queries.as_deref().unwrap_or(Path::new(""));
    let depth = args.depth.max(args.k) as usize;
    let ask = |index: &OpenIndex| {
        let naming = match (args.doc_id, qrels) {
            (None, Some(qrels)) => Some(naming(index, qrels)?),
            _ => None,
        };
        let found_by = naming.as_ref().map(|naming| naming.named);
        let named = found_by.or(args.doc_id).unwrap_or(DocId::Id);
        let search = |query: &Query| hits(index, query, &args.search, depth, path);
        let answers: Vec<Result<Vec<Hit>>> = queries.par_iter().map(search).collect();
        let mut run = Run::new();
        for (query, hits) in queries.iter().zip(answers) {
            run.insert(query.id.clone(), retrieved(hits?, named));
        }
        let named = Some(named);
        Ok((Found { run, named }, naming))
    };
    let (_, (found, naming)) = place::ask(ui, shared, ask)?;
    match naming {
        Some(naming) if !naming.knows_any => ui.warn(&naming.remark),
        Some(naming) if ui.verbose => ui.note(&naming.remark),
        _ => {}
    }
    Ok(found)
}

/// The one place that meets the engine: what `bp query` lists for a query and its filters, best first.
fn hits(
    index: &OpenIndex,
    query: &Query,
    how: &Search,
    limit: usize,
    path: &Path,
) -> Result<Vec<Hit>> {
    let values = |value: &String| Some(value.clone()).filter(|value| !value.is_empty());
    let filters = Filters {
        level: values(&query.level).into_iter().collect(),
        domain: values(&query.domain).into_iter().collect(),
    };
    let filtered =
        place::request(index, &filters, how, &query.text).map_err(|error| Error::InFile {
            path: path.to_owned(),
            line: query.line,
            cause: Box::new(error),
        })?;
    let request = Request { limit, ..filtered };
    Ok(search(index, &request)?.hits)
}

/// Names the hits as the judgements do. Of roles with one name the best counts.
fn retrieved(hits: Vec<Hit>, named: DocId) -> Vec<Retrieved> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for hit in hits {
        let document = name(&hit, named);
        if seen.insert(document.clone()) {
            found.push(Retrieved {
                document,
                score: hit.score,
            });
        }
    }
    found
}

/// The name of a role. A TREC file has no place for white space in it.
fn name(hit: &Hit, named: DocId) -> String {
    let name = match named {
        DocId::Id => &hit.id,
        DocId::Stem => {
            let file = hit.path.rsplit(['/', '\\']).next().unwrap_or_default();
            match file.rsplit_once('.') {
                Some((stem, _)) if !stem.is_empty() => stem,
                _ => file,
            }
        }
    };
    name.replace(char::is_whitespace, "_")
}

/// By which name the judged documents are taken.
struct Naming {
    named: DocId,
    /// Whether it names any of them.
    knows_any: bool,
    remark: String,
}

/// Finds by which name more of the judged documents are known.
fn naming(index: &OpenIndex, qrels: &Qrels) -> Result<Naming> {
    let documents: BTreeSet<&str> = qrels
        .values()
        .flat_map(BTreeMap::keys)
        .map(String::as_str)
        .collect();
    let everything = Request {
        limit: usize::MAX,
        ..Request::default()
    };
    let all = search(index, &everything)?.hits;
    let known = |named: DocId| {
        let names: BTreeSet<String> = all.iter().map(|hit| name(hit, named)).collect();
        documents.iter().filter(|id| names.contains(**id)).count()
    };
    let (ids, stems) = (known(DocId::Id), known(DocId::Stem));
    let (named, what) = if stems > ids {
        (DocId::Stem, "file stems")
    } else {
        (DocId::Id, "role ids")
    };
    let remark = format!(
        "the judged documents are taken as {what}: of {}, {ids} are ids and {stems} are file stems",
        documents.len()
    );
    Ok(Naming {
        named,
        knows_any: ids + stems > 0,
        remark,
    })
}

fn write(path: &Path, queries: &[Query], run: &Run) -> Result<()> {
    let text: String = queries
        .iter()
        .filter_map(|query| Some(write_run(&query.id, run.get(&query.id)?, TAG)))
        .collect();
    fs::write(path, text).map_err(Error::io("cannot write", path))
}

/// What does not count as one might expect.
fn remarks(report: &Report) -> Vec<String> {
    let remark = |ids: &[String], one: &str, many: &str| {
        let shown: Vec<&str> = ids.iter().take(5).map(String::as_str).collect();
        let more = match ids.len() - shown.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let said = if ids.len() == 1 { one } else { many };
        let count = ids.len();
        (count > 0).then(|| format!("{count} {said}: {}{more}", shown.join(", ")))
    };
    let without_run: &[String] = if report.judged {
        &report.without_run
    } else {
        &[]
    };
    [
        remark(
            &report.unjudged,
            "query has no judgement and is left out",
            "queries have no judgement and are left out",
        ),
        remark(
            without_run,
            "judged query is not in the run and counts 0",
            "judged queries are not in the run and count 0",
        ),
        remark(
            &report.without_baseline,
            "judged query is not in the baseline and counts 0 there",
            "judged queries are not in the baseline and count 0 there",
        ),
        remark(
            &report.without_relevant,
            "judged query has no relevant document and counts 0",
            "judged queries have no relevant document and count 0",
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn column(by: By) -> &'static str {
    match by {
        By::Kind => "kind",
        By::Level => "level",
        By::Domain => "domain",
        By::Split => "split",
    }
}

fn cell(by: By) -> impl Fn(&Query) -> &str {
    move |query| match by {
        By::Kind => &query.kind,
        By::Level => &query.level,
        By::Domain => &query.domain,
        By::Split => &query.split,
    }
}

fn applied(args: &Eval, named: Option<DocId>) -> Applied<'_> {
    let shown = |path: &Option<std::path::PathBuf>| {
        let path = path.as_ref();
        path.map(|path| printable(&path.to_string_lossy()))
    };
    Applied {
        queries: shown(&args.queries),
        qrels: shown(&args.qrels),
        run: shown(&args.run),
        baseline: shown(&args.baseline),
        split: args.split.as_deref(),
        doc_id: named.map(|named| match named {
            DocId::Id => "id",
            DocId::Stem => "stem",
        }),
    }
}
