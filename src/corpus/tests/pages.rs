//! Pages are read by their content, and any bytes of one end.

use proptest::prelude::*;

use super::super::*;
use super::read;
use crate::blueprint::Provenance;
use crate::taxonomy::built_in;

#[test]
fn a_page_is_read_by_its_content_whatever_it_is_called() {
    let page = "<!doctype html><nav class=breadcrumb>Home › FinOps › Baker</nav><main><h1>Baker: Role Blueprint</h1><h2>Skills</h2><ul><li>Ovens</ul></main>";
    for name in ["/x/a.html", "/x/a.md", "/x/a"] {
        let reading = read(name, page);
        assert_eq!(reading.container, "html");
        let role = &reading.roles[0].blueprint;
        assert_eq!(
            (
                role.title.as_str(),
                role.domains[0].id.as_str(),
                role.domains[0].found
            ),
            ("Baker", "cloud/finops", Provenance::Category)
        );
        assert_eq!(role.entities().count(), 1);
    }
    let reasons: Vec<_> = read("/x/a.html", "<!doctype html><h1>About us</h1><p>Boots.")
        .problems
        .into_iter()
        .map(|problem| problem.reason())
        .collect();
    assert_eq!(reasons, ["no role in it"]);
}

proptest! {
    #[test]
    fn any_bytes_of_a_page_end(bytes in proptest::collection::vec(any::<u8>(), 0..200), label in "[a-z0-9-]{0,12}") {
        let mut page = format!("<meta charset={label}><h1>Baker: Role Blueprint</h1>").into_bytes();
        page.extend(bytes);
        let _ = read_bytes(&page, "/x/a.html", None, &built_in());
    }
}
