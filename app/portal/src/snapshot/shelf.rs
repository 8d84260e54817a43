//! Maps and sets that a copy shares with the state it was made from: copied at once, changed in a few steps, whatever
//! their size.

use std::fmt;
use std::ops::{Bound, Index};
use std::sync::Arc;

use imbl::{OrdMap, OrdSet};

/// Things by id.
pub struct Shelf<T>(OrdMap<Arc<str>, Arc<T>>);

impl<T> Clone for Shelf<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self(OrdMap::new())
    }
}

impl<T: fmt::Debug> fmt::Debug for Shelf<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<T> Shelf<T> {
    /// The thing with this id.
    pub fn get<Q: AsRef<str> + ?Sized>(&self, id: &Q) -> Option<&T> {
        self.0.get(id.as_ref()).map(Arc::as_ref)
    }

    /// True where there is one with this id.
    pub fn contains_key<Q: AsRef<str> + ?Sized>(&self, id: &Q) -> bool {
        self.0.contains_key(id.as_ref())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them with their ids, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(id, thing)| (id.as_ref(), thing.as_ref()))
    }

    /// The ids.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(Arc::as_ref)
    }

    /// All of them, by id.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.0.values().map(Arc::as_ref)
    }

    /// Those behind an id, by id.
    pub fn after(&self, id: &str) -> impl Iterator<Item = &T> {
        let behind = (Bound::Excluded(Arc::<str>::from(id)), Bound::Unbounded);
        self.0.range::<_, Arc<str>>(behind).map(|(_, thing)| thing.as_ref())
    }

    /// Puts a thing in the place of the one with this id.
    pub(super) fn put(&mut self, id: Arc<str>, thing: T) {
        self.0.insert(id, Arc::new(thing));
    }

    /// Takes away the thing with this id.
    pub(super) fn take(&mut self, id: &str) -> Option<Arc<T>> {
        self.0.remove(id)
    }
}

impl<T, Q: AsRef<str> + ?Sized> Index<&Q> for Shelf<T> {
    type Output = T;

    /// # Panics
    /// Where there is none with this id.
    fn index(&self, id: &Q) -> &T {
        self.get(id).expect("there is one with this id")
    }
}

/// Ids by a word that many of them share, in one ordered set: no word costs more than its ids.
#[derive(Debug, Clone)]
pub(super) struct Pairs<W: Ord + Clone = Arc<str>, I: Ord + Clone = Arc<str>>(OrdSet<(W, I)>);

impl<W: Ord + Clone, I: Ord + Clone> Default for Pairs<W, I> {
    fn default() -> Self {
        Self(OrdSet::new())
    }
}

impl<W: Ord + Clone, I: Ord + Clone + Default> Pairs<W, I> {
    pub(super) fn put(&mut self, word: W, id: I) {
        self.0.insert((word, id));
    }

    pub(super) fn take(&mut self, word: W, id: I) {
        self.0.remove(&(word, id));
    }

    /// The ids of a word, in order.
    pub(super) fn of(&self, word: W) -> impl Iterator<Item = &I> {
        let first = (word.clone(), I::default());
        let from = self.0.range::<_, (W, I)>(first..);
        from.take_while(move |(of, _)| *of == word).map(|(_, id)| id)
    }

    /// The ids of a word from this one on, in order.
    pub(super) fn onward(&self, word: W, id: I) -> impl Iterator<Item = &I> {
        let from = self.0.range::<_, (W, I)>((word.clone(), id)..);
        from.take_while(move |(of, _)| *of == word).map(|(_, id)| id)
    }

    /// What stands behind an id of a word, with its words.
    pub(super) fn behind(&self, word: W, id: I) -> impl Iterator<Item = &(W, I)> {
        self.0.range::<_, (W, I)>((Bound::Excluded((word, id)), Bound::Unbounded))
    }

    /// The ids of a word and of all words behind it.
    pub(super) fn since(&self, word: W) -> impl Iterator<Item = &I> {
        self.0.range::<_, (W, I)>((word, I::default())..).map(|(_, id)| id)
    }
}

impl<I: Ord + Clone + Default> Pairs<Arc<str>, I> {
    /// The ids of all words that begin so, of one word after the other.
    pub(super) fn begun(&self, start: &str) -> impl Iterator<Item = &I> {
        let from = self.0.range::<_, (Arc<str>, I)>((start.into(), I::default())..);
        from.take_while(move |(word, _)| word.starts_with(start)).map(|(_, id)| id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_never_changes_with_what_it_was_made_from() {
        let mut shelf = Shelf::default();
        shelf.put("a".into(), 1);
        let before = shelf.clone();
        shelf.put("a".into(), 2);
        shelf.put("b".into(), 3);
        assert_eq!((before.get("a"), before.get("b")), (Some(&1), None));
        assert_eq!(shelf.after("a").collect::<Vec<_>>(), [&3]);
        assert_eq!(shelf.take("a").as_deref(), Some(&2));
        assert_eq!((shelf["b"], shelf.len()), (3, 1));
    }

    #[test]
    fn a_word_never_answers_the_ids_of_another() {
        let mut pairs = Pairs::<Arc<str>>::default();
        for (word, id) in [("a", "2"), ("a", "1"), ("aa", "3"), ("", "4")] {
            pairs.put(word.into(), id.into());
        }
        let of = |word: &str| pairs.of(word.into()).map(Arc::to_string).collect::<Vec<_>>();
        assert_eq!(
            (of("a"), of("aa"), of("")),
            (vec!["1".into(), "2".into()], vec!["3".into()], vec!["4".into()])
        );
        assert!(of("b").is_empty());
        let behind = pairs.behind("a".into(), "1".into()).map(|(_, id)| id.to_string());
        assert_eq!(behind.collect::<Vec<_>>(), ["2", "3"]);
        let begun = |start: &str| pairs.begun(start).map(Arc::to_string).collect::<Vec<_>>();
        assert_eq!(
            (begun("a"), begun("aa"), begun("ab")),
            (vec!["1".into(), "2".into(), "3".into()], vec!["3".into()], vec![])
        );
    }
}
