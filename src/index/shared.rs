//! Keeps one copy of a text that very many files or roles have: their container, their folder, their levels.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Arc;

/// How many texts a thread remembers: of what files really share there are far fewer.
const MOST: usize = 4096;

thread_local! {
    static TEXTS: RefCell<HashSet<Arc<str>>> = RefCell::default();
}

/// Returns the text, in one copy for all that this thread asks for.
pub fn shared(text: &str) -> Arc<str> {
    TEXTS.with_borrow_mut(|texts| {
        if let Some(known) = texts.get(text) {
            return Arc::clone(known);
        }
        if texts.len() == MOST {
            texts.clear();
        }
        let new: Arc<str> = text.into();
        texts.insert(Arc::clone(&new));
        new
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_copy() {
        assert!(Arc::ptr_eq(&shared("markdown"), &shared("markdown")));
        let many: Vec<Arc<str>> = (0..=MOST).map(|at| shared(&at.to_string())).collect();
        assert_eq!(&*many[MOST], MOST.to_string());
    }
}
