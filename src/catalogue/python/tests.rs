//! What Python says, and what only looks like it.

use proptest::{prop_assert, proptest};

use super::*;

fn packages() -> Packages {
    let mut packages = Packages::default();
    for name in ["airflow", "kfp", "mlflow", "metaflow", "ray"] {
        packages.intern(name);
    }
    packages
}

fn told(names: &[Name]) -> Vec<String> {
    let sign = |role| if role == Role::Used { "!" } else { "" };
    names.iter().map(|name| format!("{}{} {}", name.full, sign(name.role), name.seen)).collect()
}

fn read(code: &str) -> Vec<String> {
    told(&of_file(code.as_bytes(), &packages()))
}

/// The full names that are used.
fn used(code: &str) -> Vec<String> {
    let names = of_file(code.as_bytes(), &packages());
    names.into_iter().filter(|name| name.role == Role::Used).map(|name| name.full).collect()
}

#[test]
fn imports_are_read_in_every_form() {
    let code = "\
import os, kfp.dsl, mlflow as m
from airflow.models import (
    DAG,  # the graph
    Variable as V,
)
try: from ray import serve
except ImportError: pass
from kfp \\
    import compiler
from .kfp import local
from . import kfp
from mlflow import *
";
    assert_eq!(
        read(code),
        [
            "kfp.dsl `import kfp.dsl`, line 1",
            "mlflow `import mlflow as m`, line 1",
            "airflow.models.DAG `from airflow.models import DAG`, line 3",
            "airflow.models.Variable `from airflow.models import Variable as V`, line 4",
            "ray.serve `from ray import serve`, line 6",
            "kfp.compiler `from kfp import compiler`, line 9",
        ]
    );
}

#[test]
fn uses_are_named_by_what_was_imported() {
    let code = "\
from kfp import dsl as d
from metaflow import FlowSpec, step
import mlflow, airflow.models

@d.pipeline(name='x')
def train(a: d.Input = None):
    with (airflow.models.DAG('a') as dag): pass
    return [mlflow.sklearn.log_model(m) for m in x]

class Churn(FlowSpec, metaclass=Meta):
    @step
    def start(self): mlflow.start_run
";
    assert_eq!(
        read(code)[5..],
        [
            "kfp.dsl.pipeline! `@d.pipeline`, line 5",
            "airflow.models.DAG! `airflow.models.DAG(…)`, line 7",
            "mlflow.sklearn.log_model! `mlflow.sklearn.log_model(…)`, line 8",
            "metaflow.FlowSpec! `from metaflow import FlowSpec`, line 2",
            "metaflow.step! `from metaflow import step`, line 2",
        ]
    );
}

#[test]
fn strings_and_comments_say_nothing() {
    for code in [
        "# import kfp\n",
        "'import kfp'\n",
        "\"\"\"\nimport kfp\n\"\"\"\n",
        "x = r'''\\'''\nimport kfp\n'''\n",
        "x = Rb'\\'\nimport os'\n",
        "f\"{x}\\\"; import kfp\"\n",
        "f'''{a}\nimport kfp\n'''",
        "x = '''never closed\nimport kfp\n",
        "'a\\\nimport kfp'\n",
        "importkfp\nimport_kfp = 1\nx.import_(kfp)\nfrom_ = kfp\n",
        "x = y.from_kfp(1)\n",
        "import kfpx, pykfp\nfrom kfp_ext import a\n",
        "print(kfp)\n",
        "import os.kfp\nfrom os import kfp\n",
    ] {
        assert!(read(code).is_empty(), "{code}: {:?}", read(code));
    }
    assert_eq!(
        used("import kfp\n'''\n@kfp.a\n'''\n# kfp.b()\nkfp.c(\"kfp.d()\")\nx.kfp.e()\nf().kfp.f()\n"),
        ["kfp.c"]
    );
}

#[test]
fn a_name_means_what_it_was_bound_to_last() {
    assert!(used("from airflow import DAG\nfrom mine import DAG\nDAG()\n").is_empty());
    assert!(used("def DAG(): pass\nDAG()\n").is_empty());
    assert_eq!(used("from mine import DAG\nfrom airflow import DAG\nDAG()\n"), ["airflow.DAG"]);
    assert_eq!(used("from metaflow import *\nclass A(FlowSpec): pass\n"), ["metaflow.FlowSpec"]);
    assert!(used("from airflow import DAG\ndef DAG(x): pass\nclass DAG: pass\nx.DAG()\n").is_empty());
}

#[test]
fn broken_code_counts_as_far_as_it_can_be_read() {
    assert_eq!(read("x = (1,\nimport kfp\n"), ["kfp `import kfp`, line 2"]);
    assert_eq!(read("x = [1,\nfrom kfp import dsl\n"), ["kfp.dsl `from kfp import dsl`, line 2"]);
    assert_eq!(used("from kfp import a\nx = (yield\n    from a())\nkfp.b()\n"), ["kfp.a"]);
    assert_eq!(read("x = 'a\nimport kfp\n"), ["kfp `import kfp`, line 2"]);
    assert_eq!(read("f\"{d[\"k\"]}\"\nimport kfp"), ["kfp `import kfp`, line 2"]);
    assert_eq!(read("))]\n\u{feff}\u{0}\nif x: import kfp"), ["kfp `import kfp`, line 3"]);
    assert_eq!(read("\u{feff}import kfp\r\n"), ["kfp `import kfp`, line 1"]);
    for cut_off in
        ["import", "from", "from kfp", "from kfp import", "from kfp import (", "@", "class", "class A(", "'", "\\"]
    {
        read(cut_off);
    }
}

#[test]
fn cells_share_their_imports_and_keep_their_places() {
    let cells = [
        (1, "%%bash\nimport kfp".to_owned()),
        (2, "!pip install (kfp\n%matplotlib inline\n?help\nfrom kfp import dsl".to_owned()),
        (4, "%%time\n\n@dsl.pipeline\ndef f(): pass".to_owned()),
    ];
    assert_eq!(
        told(&of_cells(&cells, &packages())),
        ["kfp.dsl `from kfp import dsl`, cell 2, line 4", "kfp.dsl.pipeline! `@dsl.pipeline`, cell 4, line 3"]
    );
}

#[test]
fn hostile_code_is_bounded() {
    for part in [
        "import kfp as a\n",
        "from kfp import *\n",
        "kfp.",
        "(",
        "@kfp.a\n",
        "'''",
        "\\",
        "f(",
        "class A(B,",
        "import a,",
    ] {
        let names = of_file(part.repeat(65_536 / part.len()).as_bytes(), &packages());
        assert!(names.len() <= MAX_NAMES);
    }
    let many: Vec<String> = (0..4_000).map(|at| format!("from kfp import a{at}\na{at}()\n")).collect();
    assert_eq!(of_file(many.concat().as_bytes(), &packages()).len(), MAX_NAMES);
}

proptest! {
    /// Nothing makes it fail, and whatever stands before an import on a line of its own, in complete code, hides it not.
    #[test]
    fn an_import_after_complete_statements_is_found(
        lines in proptest::collection::vec(
            proptest::sample::select(vec![
                "x = [1,\n 2]",
                "f'{a}'",
                "\"\"\"a\nb'\"\"\"",
                "# '",
                "r'\\d'",
                "b\"\\\"\"",
                "@a.b(c)",
                "def f(a: int) -> b: pass",
                "x = 1; y = a[b:c]",
                "1.e5",
            ]),
            0..8,
        ),
        junk in "[ -~\n]{0,40}",
    ) {
        let code = lines.join("\n") + "\nimport kfp\n";
        prop_assert!(read(&code).iter().any(|name| name.starts_with("kfp `import kfp`")), "{}", code);
        read(&junk);
    }
}
