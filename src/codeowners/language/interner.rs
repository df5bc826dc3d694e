//! Lists as numbers.

use std::rc::Rc;

use rustc_hash::FxHashMap;

/// Gives equal lists one number.
pub(super) struct Interner<T> {
    ids: FxHashMap<Rc<[T]>, u32>,
    lists: Vec<Rc<[T]>>,
}

impl<T> Default for Interner<T> {
    fn default() -> Self {
        Self { ids: FxHashMap::default(), lists: Vec::new() }
    }
}

impl<T: Eq + std::hash::Hash> Interner<T> {
    pub(super) fn id(&mut self, list: Vec<T>) -> u32 {
        if let Some(&id) = self.ids.get(list.as_slice()) {
            return id;
        }
        // A number is given only to what the budget paid for, so they never run out.
        let id = u32::try_from(self.lists.len()).unwrap_or(u32::MAX);
        let list: Rc<[T]> = list.into();
        self.ids.insert(Rc::clone(&list), id);
        self.lists.push(list);
        id
    }

    pub(super) fn get(&self, id: u32) -> Rc<[T]> {
        Rc::clone(&self.lists[id as usize])
    }
}
