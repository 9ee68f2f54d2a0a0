//! Finds where each variant stands best in each field of a body: what an explanation names beside each posting list.

use super::{Hit, Needles, Page, Place, Text};
use crate::index::layout::Layout;
use crate::index::schema::TextField;

/// The best place of one variant in one field, in one form.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// The place of the concept.
    pub concept: usize,
    /// The place of the variant in it.
    pub variant: usize,
    /// The field.
    pub field: TextField,
    /// Where it stands, and in which form.
    pub place: Place,
    /// How much it is worth beside other places.
    worth: f32,
}

impl Needles<'_> {
    /// Finds the best place of each variant in each field, form by form, the best first.
    pub fn standing(&self, body: &str, layout: &Layout) -> Vec<Standing> {
        let page = Page::new(Text::Whole(body), layout);
        let mut best: Vec<Standing> = Vec::new();
        for hit in self.hits(&page, false) {
            let found = Standing {
                concept: hit.concept,
                variant: hit.variant,
                field: hit.field,
                place: page.place(&hit),
                worth: hit.worth,
            };
            let known = best.iter_mut().find(|known| {
                (known.concept, known.variant, known.field, known.place.via)
                    == (found.concept, found.variant, found.field, found.place.via)
            });
            match known {
                Some(known) if found.worth > known.worth => *known = found,
                Some(_) => {}
                None => best.push(found),
            }
        }
        best.sort_by(|a, b| b.worth.total_cmp(&a.worth));
        best
    }
}

impl Page<'_> {
    /// Where a hit stands in the source.
    pub(super) fn place(&self, hit: &Hit) -> Place {
        let (section, block) = self.blocks[hit.block];
        Place {
            section: self.layout.sections[section].kind,
            line: block.line + self.breaks_before(hit.block, hit.offset),
            via: hit.via,
        }
    }
}
