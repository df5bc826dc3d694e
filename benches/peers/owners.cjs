// Owners of every path on standard input, or with `unowned` those that no entry matches, by the npm package
// `codeowners-utils`, which has no command of its own. The first argument is the package's folder.

const [, , folder, job] = process.argv;
const { filterUnmatchedFiles, loadOwners, matchFile } = require(folder);
const files = require("fs").readFileSync(0, "utf-8").trimEnd().split("\n");

loadOwners(process.cwd()).then((entries) => {
  const lines =
    job === "unowned"
      ? filterUnmatchedFiles(files, entries)
      : files.map((file) => `${file}\t${(matchFile(file, entries)?.owners ?? []).join(" ")}`);
  process.stdout.write(lines.map((line) => line + "\n").join(""));
});
