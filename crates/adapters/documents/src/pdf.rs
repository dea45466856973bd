//! The pages of a PDF: the leaves of its page tree. `/Count` is a claim of the file, so it is not read.

use std::collections::HashSet;
use std::slice;

use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId};
use ports::CountError;

#[cfg(test)]
mod tests;

/// What one compressed stream may grow to; beyond it the file is a bomb.
const MAX_STREAM: usize = 64 << 20;
const MAX_DEPTH: usize = 1_000;
const MAX_NODES: u64 = 1_000_000;

/// Counts the pages of a PDF; a page listed twice counts twice.
pub(crate) fn pages(bytes: &[u8]) -> Result<u64, CountError> {
    read(bytes, MAX_STREAM)
}

fn read(bytes: &[u8], max_stream: usize) -> Result<u64, CountError> {
    let options = LoadOptions { max_decompressed_size: Some(max_stream), ..LoadOptions::default() };
    let pdf = Document::load_mem_with_options(bytes, options)
        .map_err(|fault| CountError::Failed(format!("the PDF cannot be read: {fault}")))?;
    // A document that an empty password opens is no longer marked as encrypted.
    if pdf.trailer.has(b"Encrypt") {
        return Err(failed("is locked with a password"));
    }
    let root = pdf.catalog().and_then(|catalog| catalog.get(b"Pages")).map_err(|_| failed("has no page tree"))?;
    match leaves(&pdf, root)? {
        0 => Err(failed("has no pages")),
        pages => Ok(pages),
    }
}

fn failed(what: &str) -> CountError {
    CountError::Failed(format!("the PDF {what}"))
}

/// A branch on the way from the root, and those of its kids that are still to be visited.
struct Branch<'a> {
    id: Option<ObjectId>,
    kids: slice::Iter<'a, Object>,
}

/// Walks the page tree depth first, without recursion.
fn leaves(pdf: &Document, root: &Object) -> Result<u64, CountError> {
    let (mut pages, mut nodes) = (0, 0);
    let mut way = vec![Branch { id: None, kids: slice::from_ref(root).iter() }];
    let mut on_the_way = HashSet::new();
    while let Some(branch) = way.last_mut() {
        let Some(kid) = branch.kids.next() else {
            branch.id.map(|id| on_the_way.remove(&id));
            way.pop();
            continue;
        };
        nodes += 1;
        if nodes > MAX_NODES {
            return Err(failed("has a page tree of more than 1000000 nodes"));
        }
        let (id, node) = node(pdf, kid)?;
        let Some(kids) = kids(pdf, node)? else {
            pages += 1;
            continue;
        };
        if id.is_some_and(|id| !on_the_way.insert(id)) {
            return Err(failed("has a page tree that runs in a circle"));
        }
        if way.len() > MAX_DEPTH {
            return Err(failed("has a page tree of more than 1000 levels"));
        }
        way.push(Branch { id, kids });
    }
    Ok(pages)
}

/// The node behind a reference. What is missing or of another type is damage, not a page.
fn node<'a>(pdf: &'a Document, kid: &'a Object) -> Result<(Option<ObjectId>, &'a Dictionary), CountError> {
    let node = pdf.dereference(kid).and_then(|(id, node)| Ok((id, node.as_dict()?)));
    node.map_err(|_| failed("names a page that is not in the file"))
}

/// The kids of a branch; `None` for a page, which is one whatever else it has. A node may lack its `/Type`.
fn kids<'a>(pdf: &'a Document, node: &'a Dictionary) -> Result<Option<slice::Iter<'a, Object>>, CountError> {
    let says = |word: &[u8]| node.get_deref(b"Type", pdf).and_then(Object::as_name).is_ok_and(|says| says == word);
    if says(b"Page") {
        return Ok(None);
    }
    if node.get(b"Kids").is_ok_and(Object::is_null) || !node.has(b"Kids") {
        return Ok(says(b"Pages").then(|| [].iter()));
    }
    let kids = node.get_deref(b"Kids", pdf).and_then(Object::as_array);
    kids.map(|kids| Some(kids.iter())).map_err(|_| failed("has a broken page tree"))
}
