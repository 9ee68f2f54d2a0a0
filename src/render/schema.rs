//! The JSON Schemas of the machine formats, by name. A test of the command line holds every output against its schema.

/// Name and schema of each format.
pub const SCHEMAS: [(&str, &str); 10] = [
    ("query", include_str!("../data/schemas/query.json")),
    ("facets", include_str!("../data/schemas/facets.json")),
    ("show", include_str!("../data/schemas/show.json")),
    ("as-read", include_str!("../data/schemas/as-read.json")),
    ("status", include_str!("../data/schemas/status.json")),
    ("verify", include_str!("../data/schemas/verify.json")),
    ("index", include_str!("../data/schemas/index.json")),
    ("eval", include_str!("../data/schemas/eval.json")),
    ("explain", include_str!("../data/schemas/explain.json")),
    ("error", include_str!("../data/schemas/error.json")),
];
