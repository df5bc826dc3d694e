//! The file of facts: what is kept, what is refused, what goes.

use super::*;

const TOPICS: [Digest; 2] = [[7; 16], [3; 16]];

fn id(number: u32) -> Vec<u8> {
    [&number.to_be_bytes()[..], &[0; 16]].concat()
}

fn open(folder: &Path) -> Store {
    Store::open(folder, "repository", 20, 64)
}

fn fill(folder: &Path, facts: &[(u32, usize, &str)]) {
    let mut store = open(folder);
    for &(number, topic, fact) in facts {
        store.add(&id(number), TOPICS[topic], number, fact.as_bytes());
    }
    store.save(std::iter::empty());
}

fn get(store: &Store, number: u32, topic: usize) -> Option<(u32, String)> {
    let known = store.get(&id(number), &TOPICS[topic])?;
    Some((known.size, String::from_utf8(known.fact.to_vec()).unwrap()))
}

fn the_file(folder: &Path) -> PathBuf {
    let files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [file] = files.as_slice() else { panic!("{files:?}") };
    file.clone()
}

#[test]
fn facts_are_kept_from_run_to_run() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("a/b");
    assert!(open(&folder).is_empty());
    fill(&folder, &[(2, 0, "two"), (1, 1, ""), (1, 0, "one")]);
    fill(&folder, &[(3, 1, "three")]);
    let store = open(&folder);
    assert_eq!(get(&store, 1, 0).unwrap(), (1, "one".to_owned()));
    assert_eq!(get(&store, 1, 1).unwrap(), (1, String::new()));
    assert_eq!(get(&store, 2, 0).unwrap(), (2, "two".to_owned()));
    assert_eq!(get(&store, 3, 1).unwrap(), (3, "three".to_owned()));
    for (number, topic) in [(0, 0), (2, 1), (3, 0), (4, 0)] {
        assert_eq!(get(&store, number, topic), None, "{number} {topic}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_in_its_place_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), &[(1, 0, "one")]);
    let file = the_file(folder.path());
    fs::remove_file(&file).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&file).status().unwrap().success());
    assert!(open(folder.path()).is_empty());
}

#[test]
fn another_version_of_anything_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), &[(1, 0, "one")]);
    assert!(!open(folder.path()).is_empty());
    assert!(Store::open(folder.path(), "repository", 32, 64).is_empty());
    assert!(Store::open(folder.path(), "repository", 20, 65).is_empty());
    assert!(Store::open(folder.path(), "another", 20, 64).is_empty());
}

#[test]
fn a_damaged_file_is_no_file_and_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), &[(1, 0, "one"), (2, 0, "two")]);
    let file = the_file(folder.path());
    let whole = fs::read(&file).unwrap();
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        fs::write(&file, &damaged).unwrap();
        assert!(open(folder.path()).is_empty(), "byte {at}");
        fs::write(&file, &whole[..at]).unwrap();
        assert!(open(folder.path()).is_empty(), "up to byte {at}");
    }
    fill(folder.path(), &[(3, 0, "three")]);
    assert_eq!(get(&open(folder.path()), 3, 0).unwrap().1, "three");
    assert_eq!(the_file(folder.path()), file);
}

#[test]
fn a_checksum_proves_no_form() {
    let store = open(Path::new("nowhere"));
    let sealed = |body: &[u8]| [body, &Sha256::digest(body)].concat();
    let whole = [&store.header()[..], &[0; 12]].concat();
    assert!(store.parse(&sealed(&whole)).is_some());
    for length in 0..whole.len() {
        assert!(store.parse(&sealed(&whole[..length])).is_none(), "{length}");
    }
    assert!(store.parse(&sealed(&[&whole[..], b"x"].concat())).is_none());
    // Ends of facts that are none, and a topic that is not there.
    let mut store = store;
    let record = [&id(1)[..], &9_u32.to_le_bytes(), &[0; 4], &u32::MAX.to_le_bytes()].concat();
    store.records = record;
    store.positions.insert(TOPICS[0], 9);
    assert_eq!(store.get(&id(1), &TOPICS[0]), None);
    assert_eq!(store.bytes(std::iter::empty()), sealed(&whole));
}

#[test]
fn what_is_in_use_stays_where_there_is_no_room_for_all() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    for number in 0..u32::try_from(MAX_RECORDS).unwrap() + 10 {
        store.add(&id(number), TOPICS[0], number, b"");
    }
    store.add(&id(0), TOPICS[1], 0, &[b'x'; MAX_FACT + 1]);
    store.save([id(5), id(250_005)].iter().map(Vec::as_slice));
    let store = open(folder.path());
    assert_eq!(store.count(), MAX_RECORDS);
    assert!(get(&store, 250_005, 0).is_some() && get(&store, 5, 0).is_some());
    assert_eq!(get(&store, 250_009, 0), None);
    assert_eq!(get(&store, 0, 1), None, "too long");
}

#[test]
fn files_left_half_written_and_too_many_files_go() {
    let folder = tempfile::tempdir().unwrap();
    let long_ago = SystemTime::now() - std::time::Duration::from_secs(ABANDONED + 60);
    for (name, size, when) in [
        ("old.facts", MAX_FOLDER / 2, long_ago),
        ("young.facts", MAX_FOLDER / 2 + 1, SystemTime::now()),
        ("a.1-2.new", 1, long_ago),
        ("b.1-2.new", 1, SystemTime::now()),
        ("notes", 1, long_ago),
    ] {
        let file = File::create(folder.path().join(name)).unwrap();
        file.set_len(size).unwrap();
        file.set_modified(when).unwrap();
    }
    fill(folder.path(), &[(1, 0, "one")]);
    let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    assert_eq!(names, ["b.1-2.new", "notes", "repository.facts", "young.facts"]);
}
