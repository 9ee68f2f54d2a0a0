//! Turns results into pictures: a line for each program over the number of documents, both axes by powers of ten.
//!
//! Colours and the grey of lines and text are readable on white and on black: there is no background of their own.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::queries::PLOTTED;
use crate::results::{Measure, Results, Row};
use crate::table::grouped;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 460.0;
/// Left, top, right and bottom edges of the field of the lines.
const FIELD: (f64, f64, f64, f64) = (74.0, 48.0, 560.0, 404.0);
/// Readable on white and on black alike.
const COLOURS: [&str; 10] = [
    "#1f83d6", "#e0662f", "#2fa36b", "#b060c8", "#c99700", "#d6457a", "#16a3b0", "#8c8c2e",
    "#9a6b4f", "#7a86d8",
];
const GREY: &str = "#808080";

/// A picture: what stands above it, what its axis says, and a line for each program.
struct Picture<'a> {
    title: &'a str,
    axis: &'a str,
    lines: Vec<(String, Vec<(f64, f64)>)>,
}

/// Returns the pictures with their file names.
pub fn pictures(results: &Results) -> Vec<(&'static str, String)> {
    let time = |row: &Row| Some(row.median_ms);
    let memory = |row: &Row| row.peak_kib.map(|peak| peak as f64 / 1024.0);
    let title = format!("A whole process for the query \"{PLOTTED}\"");
    let pictures = [
        (
            "query-time.svg",
            Picture {
                title: &format!("{title}: median time"),
                axis: "milliseconds",
                lines: lines(results, Measure::Query, time),
            },
        ),
        (
            "query-memory.svg",
            Picture {
                title: &format!("{title}: peak memory"),
                axis: "MB resident",
                lines: lines(results, Measure::Query, memory),
            },
        ),
    ];
    let drawn = pictures
        .iter()
        .map(|(name, picture)| (*name, picture.draw()));
    drawn.collect()
}

/// The lines of all programs, for the query that is plotted.
fn lines(
    results: &Results,
    measure: Measure,
    value: impl Fn(&Row) -> Option<f64>,
) -> Vec<(String, Vec<(f64, f64)>)> {
    let mut order: Vec<String> = Vec::new();
    let mut points: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
    let rows = results
        .rows
        .iter()
        .filter(|row| row.measure == measure && row.query == PLOTTED);
    for row in rows {
        let Some(value) = value(row).filter(|value| *value > 0.0) else {
            continue;
        };
        if !order.contains(&row.program) {
            order.push(row.program.clone());
        }
        let line = points.entry(row.program.clone()).or_default();
        line.push((row.documents as f64, value));
    }
    let named = order.into_iter().map(|program| {
        let line = points.remove(&program).unwrap_or_default();
        (program, line)
    });
    named.collect()
}

impl Picture<'_> {
    fn draw(&self) -> String {
        let points = || self.lines.iter().flat_map(|(_, line)| line);
        let across = Scale::over(points().map(|point| point.0), (FIELD.0, FIELD.2));
        let up = Scale::over(points().map(|point| point.1), (FIELD.3, FIELD.1));
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
             font-family=\"system-ui, sans-serif\" font-size=\"13\" fill=\"{GREY}\">\n<title>{}</title>\n",
            escaped(self.title)
        );
        let (left, top, right, bottom) = FIELD;
        let _ = writeln!(
            svg,
            "<text x=\"{left}\" y=\"24\" font-size=\"16\" font-weight=\"600\">{}</text>",
            escaped(self.title)
        );
        for tick in across.ticks() {
            let x = across.place(tick);
            let _ = writeln!(svg, "{}", rule((x, top), (x, bottom)));
            let _ = writeln!(
                svg,
                "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                bottom + 19.0,
                label(tick)
            );
        }
        for tick in up.ticks() {
            let y = up.place(tick);
            let _ = writeln!(svg, "{}", rule((left, y), (right, y)));
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                left - 8.0,
                y + 4.5,
                label(tick)
            );
        }
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">documents</text>",
            (left + right) / 2.0,
            bottom + 42.0
        );
        let middle = (top + bottom) / 2.0;
        let _ = writeln!(
            svg,
            "<text x=\"18\" y=\"{middle:.1}\" text-anchor=\"middle\" transform=\"rotate(-90 18 {middle:.1})\">{}</text>",
            escaped(self.axis)
        );
        for (at, line) in self.lines.iter().enumerate() {
            self.line(&mut svg, line, COLOURS[at % COLOURS.len()], (&across, &up));
        }
        self.legend(&mut svg, &up);
        svg.push_str("</svg>\n");
        svg
    }

    fn line(
        &self,
        svg: &mut String,
        (program, line): &(String, Vec<(f64, f64)>),
        colour: &str,
        (across, up): (&Scale, &Scale),
    ) {
        let place = |point: &(f64, f64)| (across.place(point.0), up.place(point.1));
        let path: Vec<String> = line
            .iter()
            .map(|point| format!("{:.1},{:.1}", place(point).0, place(point).1))
            .collect();
        let dashes = if program.ends_with("-static") {
            " stroke-dasharray=\"6 4\""
        } else {
            ""
        };
        let width = if program.starts_with("bp") { 3.0 } else { 1.8 };
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"{dashes}/>",
            path.join(" ")
        );
        for point in line {
            let (x, y) = place(point);
            let name = escaped(program);
            let _ = writeln!(
                svg,
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\" fill=\"{colour}\"><title>{name}: {:.2} at {}</title></circle>",
                point.1,
                grouped(point.0 as usize)
            );
        }
    }

    /// The names in the order of the lines' ends, so that one reads across.
    fn legend(&self, svg: &mut String, up: &Scale) {
        let mut order: Vec<usize> = (0..self.lines.len()).collect();
        let end = |at: &usize| {
            self.lines[*at]
                .1
                .last()
                .map_or(0.0, |point| up.place(point.1))
        };
        order.sort_by(|a, b| end(a).total_cmp(&end(b)));
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" font-size=\"12\">at the most documents</text>",
            FIELD.2 + 22.0,
            FIELD.1 - 4.0
        );
        for (row, at) in order.into_iter().enumerate() {
            let (program, line) = &self.lines[at];
            let (x, y) = (FIELD.2 + 22.0, FIELD.1 + 12.0 + 24.0 * row as f64);
            let dashes = if program.ends_with("-static") {
                " stroke-dasharray=\"6 4\""
            } else {
                ""
            };
            let colour = COLOURS[at % COLOURS.len()];
            let last = line.last().map_or(0.0, |point| point.1);
            let _ = writeln!(
                svg,
                "<line x1=\"{x}\" y1=\"{y}\" x2=\"{}\" y2=\"{y}\" stroke=\"{colour}\" stroke-width=\"3\"{dashes}/>",
                x + 24.0
            );
            let _ = writeln!(
                svg,
                "<text x=\"{}\" y=\"{}\">{} {}</text>",
                x + 31.0,
                y + 4.5,
                escaped(program),
                value(last)
            );
        }
    }
}

/// An axis by powers of ten.
struct Scale {
    /// The logarithms of its ends.
    from: f64,
    to: f64,
    /// Where the ends are drawn.
    drawn: (f64, f64),
}

impl Scale {
    fn over(values: impl Iterator<Item = f64>, drawn: (f64, f64)) -> Self {
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values {
            least = least.min(value.log10());
            most = most.max(value.log10());
        }
        if least > most {
            (least, most) = (0.0, 1.0);
        }
        let space = 0.04 * (most - least).max(1.0);
        Self {
            from: least - space,
            to: most + space,
            drawn,
        }
    }

    fn place(&self, value: f64) -> f64 {
        let share = (value.log10() - self.from) / (self.to - self.from);
        self.drawn.0 + share * (self.drawn.1 - self.drawn.0)
    }

    /// Powers of ten; between few of them, twice and five times each as well.
    fn ticks(&self) -> Vec<f64> {
        let steps: &[f64] = if self.to - self.from < 2.5 {
            &[1.0, 2.0, 5.0]
        } else {
            &[1.0]
        };
        let (first, last) = (self.from.floor() as i32, self.to.ceil() as i32);
        let all = (first..=last)
            .flat_map(|power| steps.iter().map(move |step| step * 10_f64.powi(power)));
        all.filter(|tick| (self.from..=self.to).contains(&tick.log10()))
            .collect()
    }
}

fn rule(from: (f64, f64), to: (f64, f64)) -> String {
    format!(
        "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"{GREY}\" stroke-opacity=\"0.35\"/>",
        from.0, from.1, to.0, to.1
    )
}

fn label(tick: f64) -> String {
    if tick >= 1.0 {
        grouped(tick.round() as usize)
    } else {
        format!("{tick}")
    }
}

fn value(value: f64) -> String {
    if value >= 100.0 {
        grouped(value.round() as usize)
    } else {
        format!("{value:.1}")
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_ticks_within_its_ends() {
        let scale = Scale::over([30.0, 1e6].into_iter(), (0.0, 100.0));
        assert_eq!(scale.ticks(), [100.0, 1e3, 1e4, 1e5, 1e6]);
        let scale = Scale::over([2.1, 9.8].into_iter(), (100.0, 0.0));
        assert_eq!(scale.ticks(), [2.0, 5.0, 10.0]);
        assert!(scale.place(2.1) > scale.place(9.8));
    }
}
