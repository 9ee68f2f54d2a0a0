//! Turns XML into a stream of elements and texts, names without their prefixes.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::package::unreadable;
use crate::corpus::problem::ProblemKind;

/// What XML consists of.
#[derive(Clone, Copy)]
pub enum Node<'a> {
    /// An element begins.
    Open(&'a str, Attributes<'a>),
    /// An element ends.
    Close(&'a str),
    /// Words.
    Text(&'a str),
}

/// The attributes of an element.
#[derive(Clone, Copy)]
pub struct Attributes<'a>(&'a BytesStart<'a>);

impl Attributes<'_> {
    /// Returns the value of the attribute with that name, whatever its prefix.
    pub fn get(self, name: &str) -> Option<String> {
        let mut all = self.0.attributes();
        all.with_checks(false);
        let found = all
            .flatten()
            .find(|attribute| attribute.key.local_name().as_ref() == name)?;
        let value = found.normalized_value(quick_xml::XmlVersion::Implicit1_0);
        value.ok().map(std::borrow::Cow::into_owned)
    }

    /// Returns whether a switch is on: it is where nothing else is said.
    pub fn is_on(self) -> bool {
        !matches!(
            self.get("val").as_deref(),
            Some("0" | "false" | "off" | "none")
        )
    }
}

/// Reads XML and hands each part of it on.
///
/// A text that declares entities of its own is refused: office documents have none, and they are a way to fill a memory
/// and to read other files.
pub fn read(xml: &str, take: &mut dyn FnMut(Node<'_>)) -> Result<(), ProblemKind> {
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                take(Node::Open(start.local_name().as_ref(), Attributes(&start)));
            }
            Ok(Event::Empty(start)) => {
                let name = start.local_name();
                take(Node::Open(name.as_ref(), Attributes(&start)));
                take(Node::Close(name.as_ref()));
            }
            Ok(Event::End(end)) => take(Node::Close(end.local_name().as_ref())),
            Ok(Event::Text(text)) => take(Node::Text(&text.xml10_content())),
            Ok(Event::CData(text)) => take(Node::Text(&text.xml10_content())),
            Ok(Event::GeneralRef(name)) => {
                if let Ok(Some(c)) = name.resolve_char_ref() {
                    take(Node::Text(c.encode_utf8(&mut [0; 4])));
                } else {
                    let name = name.xml10_content();
                    let known = quick_xml::escape::resolve_predefined_entity(&name);
                    take(Node::Text(known.unwrap_or_default()));
                }
            }
            Ok(Event::DocType(_)) => {
                return Err(unreadable("it declares entities of its own"));
            }
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => {}
            Err(error) => return Err(unreadable(&error.to_string().to_lowercase())),
        }
    }
}
