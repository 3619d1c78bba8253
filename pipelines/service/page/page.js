"use strict";
// All that comes from a formula, a file or the service becomes text (never HTML) or a picture (never a document).
(() => {
  const form = document.getElementById("ask");
  const result = document.getElementById("result");
  const note = document.getElementById("note");
  const fields = form.elements;
  const BATCH = 200, SHOWN = 500, MOST_BYTES = 50_000_000, WAITS = 20;
  const LINKED = {
    compare: ["candidate", "reference", "names", "dialect", "write", "domain"],
    entails: ["premises", "conclusion", "dialect", "write", "domain"],
    pairs: ["candidate_column", "reference_column", "names", "dialect", "domain"],
  };
  const WORDS = { proved: "equivalent", refuted: "not equivalent", unreadable: "unreadable", unknown: "not judged" };
  const FOLLOWS = { proved: "it follows", refuted: "it does not follow", unknown: "unknown" };
  let running = null;

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  };
  const part = (...children) => element("section", { className: "part" }, ...children);
  const list = (title, lines) => !lines?.length ? null : element("div", {},
    element("h3", { textContent: title }),
    element("ul", {}, ...lines.map((line) => element("li", { textContent: line }))));
  const badge = (words, verdict) => element("span", { className: `badge ${verdict}`, textContent: words });
  const figure = (score) => score === null || score === undefined ? "–" : score.toFixed(3);
  const show = (...children) => result.replaceChildren(...children);

  // ---- asking ----

  const headers = () => {
    const token = fields.token.value.trim();
    return { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  };
  const pause = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));

  const post = async (path, body, signal) => {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(path, { method: "POST", headers: headers(), body: JSON.stringify(body), signal });
      const isBusy = response.status === 429 || response.status === 503;
      if (isBusy && attempt < WAITS) {
        note.textContent = "The service is busy; waiting …";
        await pause(Number(response.headers.get("Retry-After")) || 1);
        continue;
      }
      const found = await response.json().catch(() => ({ error: `HTTP ${response.status}` }));
      if (response.status === 401) document.getElementById("token").hidden = false;
      if (!response.ok) throw Object.assign(new Error(found.error), { found });
      return found;
    }
  };
  const needed = (name, title) => {
    const text = fields[name].value;
    if (!text.trim()) throw new Error(`${title} is empty.`);
    return text;
  };
  const settings = (...names) => Object.fromEntries(names.map((name) => [name, fields[name].value || null]));

  // ---- what is found ----

  const formula = (title, parts, written) => element("div", {},
    element("h3", { textContent: title }),
    element("p", { className: "formula" }, element("code", {},
      ...parts.map(([text, differs]) => differs ? element("u", { textContent: text }) : text))),
    written ? element("p", { className: "written", textContent: written }) : null);

  const world = (title, found) => !found ? null : element("div", {},
    element("h3", { textContent: title }),
    element("div", { className: "world" },
      element("img", { alt: found.sentences.join("; "), src: `data:image/svg+xml,${encodeURIComponent(found.svg)}` }),
      element("ul", {}, ...[...found.sentences, ...found.there].map((line) => element("li", { textContent: line })))));

  const compared = (found) => part(
    element("h2", {}, badge(WORDS[found.verdict], found.verdict),
      element("span", { className: "score", textContent: `score ${figure(found.score)}` })),
    element("p", { className: "note", textContent: found.reason ?? found.says }),
    found.candidate_parts ? formula("The answer says", found.candidate_parts, found.candidate_written) : null,
    found.error ? element("pre", { textContent: found.error }) : null,
    found.reference_parts ? formula("The reference says", found.reference_parts, found.reference_written) : null,
    list("What differs", found.differences?.map((one) => `${one.kind}: ${one.text}`)),
    list("Names", found.names), list("Repaired in the answer", found.repairs),
    list("Repaired in the reference", found.reference_repairs), list("Binds nothing", found.idle),
    world("A small world that tells them apart", found.world));

  const followed = (found) => part(
    element("h2", {}, badge(FOLLOWS[found.status], found.status)),
    element("p", { className: "note", textContent: found.says }),
    list("Premises", found.premises?.map((text, place) => {
      const isUsed = found.used?.includes(place) ? " (needed)" : "";
      return `${place + 1}. ${text}${isUsed}`;
    })),
    list("Conclusion", found.conclusion ? [found.conclusion] : []),
    list("In the other notation", found.premises_written ? [...found.premises_written, found.conclusion_written] : []),
    found.proof ? element("div", {}, element("h3", { textContent: "Proof" }), element("pre", { textContent: found.proof })) : null,
    world("A small world that refutes it", found.world));

  const failed = (error) => part(
    element("h2", {}, badge("no answer", "unknown")),
    element("p", { className: "formula", textContent: error.message }),
    error.found?.line ? element("p", { className: "note", textContent: `line ${error.found.line}, column ${error.found.column}` }) : null,
    error.found?.hint ? element("p", { className: "note", textContent: `Hint: ${error.found.hint}` }) : null);

  // ---- a file of pairs ----

  // Rows with the numbers of the lines that they end in, as `folalign verify --pairs` counts them.
  const csv = (text) => {
    const rows = [[""]], ends = [];
    let quoted = false, line = 1;
    for (let place = 0; place < text.length; place++) {
      const letter = text[place], row = rows[rows.length - 1];
      if (letter === "\n") {
        ends[rows.length - 1] = line;
        line++;
      }
      if (quoted && letter === '"' && text[place + 1] === '"') row[row.length - 1] += text[++place];
      else if (letter === '"') quoted = !quoted;
      else if (letter === "," && !quoted) row.push("");
      else if (letter === "\n" && !quoted) rows.push([""]);
      else if (letter !== "\r" || quoted) row[row.length - 1] += letter;
    }
    if (quoted) throw new Error(`Row ${line}: a quote is not closed.`);
    const numbered = rows.map((row, place) => [ends[place] ?? line, row]).filter(([, row]) => row.length > 1 || row[0]);
    const names = (numbered.shift() ?? [1, []])[1].map((name) => name.trim());
    return numbered.map(([number, row]) => {
      if (row.length > names.length) {
        throw new Error(`Row ${number}: ${row.length} fields, where the header has ${names.length}; a text with a comma stands between quotes.`);
      }
      return [number, Object.fromEntries(names.slice(0, row.length).map((name, place) => [name, row[place]]))];
    });
  };
  const jsonl = (text) => text.split("\n").map((line, place) => [place + 1, line]).filter(([, line]) => line.trim())
    .map(([number, line]) => {
      try {
        return [number, JSON.parse(line)];
      } catch (error) {
        throw new Error(`Row ${number} is no JSON: ${error.message}`);
      }
    });
  const textOf = (number, row, column) => {
    const isObject = row !== null && typeof row === "object" && !Array.isArray(row);
    if (!isObject) throw new Error(`Row ${number} is no object with columns.`);
    if (!Object.hasOwn(row, column)) {
      throw new Error(`Row ${number} has no column "${column}"; it has ${Object.keys(row).join(", ") || "none"}.`);
    }
    if (typeof row[column] !== "string") throw new Error(`Row ${number}: column "${column}" is no text.`);
    return row[column];
  };

  const read = async (file) => {
    if (!file) throw new Error("Choose a file first.");
    if (file.size > MOST_BYTES) throw new Error("The file is too large for a page; folalign verify --pairs takes any size.");
    let text;
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    } catch {
      throw new Error("The file is not in UTF-8.");
    }
    const rows = file.name.endsWith(".csv") ? csv(text) : jsonl(text);
    if (!rows.length) throw new Error("The file has no rows.");
    const [candidate, reference] = [needed("candidate_column", "The column of the answers"),
      needed("reference_column", "The column of the references")];
    return rows.map(([number, own]) => ({
      number, own, candidate: textOf(number, own, candidate), reference: textOf(number, own, reference),
    }));
  };

  const explain = (row) => {
    fields.ask.value = "compare";
    fields.candidate.value = row.candidate;
    fields.reference.value = row.reference;
    choose();
    form.requestSubmit();
  };
  const judgedTable = (rows) => element("div", { className: "scroll" }, element("table", {},
    element("thead", {}, element("tr", {}, ...["row", "verdict", "score", "candidate", "reference", ""].map(
      (title) => element("th", { textContent: title })))),
    element("tbody", {}, ...rows.slice(0, SHOWN).map((row) => element("tr", {},
      element("td", { textContent: row.number }),
      element("td", {}, badge(WORDS[row.verdict], row.verdict)),
      element("td", { className: "number", textContent: figure(row.score) }),
      element("td", { textContent: row.candidate }),
      element("td", { textContent: row.reference }),
      element("td", {}, element("button", { type: "button", className: "small", textContent: "why", onclick: () => explain(row) })))))));

  const save = (rows) => {
    const text = rows.map(({ own, score, verdict, reason }) => JSON.stringify({ ...own, score, verdict, reason })).join("\n") + "\n";
    const address = URL.createObjectURL(new Blob([text], { type: "application/jsonl" }));
    element("a", { href: address, download: "judged.jsonl" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  };
  const summary = (rows) => {
    const counts = Object.keys(WORDS).map((verdict) => [verdict, rows.filter((row) => row.verdict === verdict).length]);
    const scores = rows.map((row) => row.score).filter((score) => score !== null);
    const mean = scores.length ? scores.reduce((sum, score) => sum + score, 0) / scores.length : null;
    return part(
      element("h2", { textContent: `${rows.length} ${rows.length === 1 ? "pair" : "pairs"}, mean score ${figure(mean)}` }),
      element("p", {}, ...counts.filter(([, count]) => count).flatMap(([verdict, count]) => [badge(`${count} ${WORDS[verdict]}`, verdict), " "])),
      element("div", { className: "buttons" }, element("button", { type: "button", textContent: "Save as JSON lines", onclick: () => save(rows) })),
      rows.length > SHOWN ? element("p", { className: "note", textContent: `The first ${SHOWN} are shown; the file has all.` }) : null,
      judgedTable(rows));
  };
  const judgePairs = async (signal) => {
    const rows = await read(fields.file.files[0]);
    for (let start = 0; start < rows.length; start += BATCH) {
      const batch = rows.slice(start, start + BATCH);
      const found = await post("score", {
        candidates: batch.map((row) => row.candidate), references: batch.map((row) => row.reference),
        ...settings("names", "dialect", "domain"),
      }, signal);
      batch.forEach((row, place) => Object.assign(row, {
        score: found.scores[place], verdict: found.verdicts[place], reason: found.reasons[place],
      }));
      note.textContent = `${Math.min(start + BATCH, rows.length)} of ${rows.length} judged …`;
    }
    return summary(rows);
  };

  // ---- the form, and the link that holds it ----

  const ASKING = {
    compare: async (signal) => compared(await post("compare", {
      candidate: needed("candidate", "The answer"), reference: needed("reference", "The reference"),
      ...settings("names", "dialect", "write", "domain"),
    }, signal)),
    entails: async (signal) => followed(await post("entails", {
      premises: fields.premises.value.split("\n").filter((line) => line.trim()),
      conclusion: needed("conclusion", "The conclusion"), ...settings("dialect", "write", "domain"), explain: true,
    }, signal)),
    pairs: judgePairs,
  };
  const choose = () => {
    for (const shown of form.querySelectorAll("[data-for]")) {
      shown.hidden = !shown.dataset.for.split(" ").includes(fields.ask.value);
    }
  };
  const link = () => {
    const entries = LINKED[fields.ask.value].map((name) => [name, fields[name].value]);
    return `#${new URLSearchParams([["ask", fields.ask.value], ...entries])}`;
  };
  const follow = () => {
    const given = new URLSearchParams(location.hash.slice(1));
    if (!(given.get("ask") in LINKED)) return false;
    for (const name of ["ask", ...LINKED[given.get("ask")]]) if (given.has(name)) fields[name].value = given.get(name);
    choose();
    return given.get("ask") !== "pairs";
  };
  const judge = async () => {
    running?.abort();
    const mine = running = new AbortController();
    note.textContent = "Judging …";
    let shown;
    try {
      shown = await ASKING[fields.ask.value](mine.signal);
    } catch (error) {
      shown = failed(error);
    }
    if (mine !== running) return;
    show(shown);
    note.textContent = "";
    document.documentElement.dataset.shown = String(Number(document.documentElement.dataset.shown ?? 0) + 1);
  };

  form.addEventListener("change", choose);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    history.replaceState(null, "", link());
    judge();
  });
  document.getElementById("link").addEventListener("click", async () => {
    history.replaceState(null, "", link());
    try {
      await navigator.clipboard.writeText(location.href);
      note.textContent = "Copied.";
    } catch {
      note.textContent = "The address of this page holds it now.";
    }
  });
  addEventListener("hashchange", () => follow() && judge());
  choose();
  if (follow()) judge();
})();
