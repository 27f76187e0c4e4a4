// Runs the query in the editor and shows its result as a table with labels. Builds text nodes only: nothing
// that comes from the graph is ever read as HTML.
"use strict";

const form = document.getElementById("query-form");
const editor = document.getElementById("query-text");
const status = document.getElementById("status");
const result = document.getElementById("result");
const stop = document.getElementById("stop");
const base = form.dataset.base;
const prefixes = Object.entries(JSON.parse(document.getElementById("prefixes").textContent));
const ROWS_SHOWN = 1000;
let running = null;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
stop.addEventListener("click", () => running?.abort());
editor.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  }
});
for (const link of document.querySelectorAll("a.example")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    editor.value = link.parentElement.querySelector("pre").textContent;
    document.getElementById("query").scrollIntoView();
    run();
  });
}
if (new URLSearchParams(location.search).has("query")) run();

async function run() {
  running?.abort();
  const mine = (running = new AbortController());
  result.replaceChildren();
  say("Running …");
  stop.hidden = false;
  offerLinks();
  const started = performance.now();
  try {
    const response = await ask(editor.value, "application/sparql-results+json, text/turtle;q=0.9", mine.signal);
    const kind = response.headers.get("Content-Type") ?? "";
    if (!response.ok) return say(await complaint(response), true);
    if (kind.startsWith("application/sparql-results+json")) await showSolutions(await response.json(), started);
    else showText(await response.text(), started);
  } catch (error) {
    const reason = error.name === "AbortError" ? "Stopped." : `The answer broke off: ${error.message}`;
    if (mine === running) say(reason, error.name !== "AbortError");
  } finally {
    if (mine === running) {
      stop.hidden = true;
      status.scrollIntoView({ block: "nearest" });
    }
  }
}

function ask(query, accept, signal) {
  return fetch("/sparql", {
    method: "POST",
    headers: { Accept: accept, "Content-Type": "application/sparql-query" },
    body: query,
    signal,
  });
}

async function complaint(response) {
  try {
    const problem = await response.json();
    return problem.detail ?? problem.title;
  } catch {
    return `The endpoint answered ${response.status} ${response.statusText}.`;
  }
}

function say(words, failed = false) {
  status.textContent = words;
  status.classList.toggle("failed", failed);
}

function offerLinks() {
  const query = encodeURIComponent(editor.value);
  const targets = { permalink: `/?query=${query}#query`, csv: `/sparql?format=csv&query=${query}`, json: `/sparql?format=json&query=${query}` };
  const graph = /\b(construct|describe)\b/i.test(editor.value.replace(/#.*|<[^>]*>|"[^"]*"/g, " "));
  for (const [id, target] of Object.entries(targets)) {
    const link = document.getElementById(id);
    link.href = target;
    link.hidden = graph && id !== "permalink";
  }
}

async function showSolutions(answer, started) {
  if ("boolean" in answer) return say(`Answer: ${answer.boolean ? "yes" : "no"} (${seconds(started)})`);
  const names = answer.head.vars;
  const rows = answer.results.bindings;
  const shown = rows.slice(0, ROWS_SHOWN);
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  for (const name of names) head.append(element("th", spaced(name)));
  const body = table.createTBody();
  for (const row of shown) {
    const line = body.insertRow();
    for (const name of names) fillCell(line.insertCell(), row[name]);
  }
  result.replaceChildren(table);
  const cut = rows.length > shown.length ? `, the first ${shown.length} shown` : "";
  say(`${rows.length} ${rows.length === 1 ? "row" : "rows"}${cut} (${seconds(started)})`);
  result.scrollIntoView({ block: "nearest" });
  await addLabels(table);
}

function fillCell(cell, term) {
  if (!term) return;
  if (term.type === "uri") {
    const link = element("a", shortened(term.value));
    const target = local(term.value);
    if (!target) return cell.append(term.value);
    link.href = target;
    link.title = term.value;
    link.dataset.iri = term.value;
    cell.append(link);
  } else if (term.type === "literal") {
    cell.textContent = term.value;
    if (term["xml:lang"]) cell.lang = term["xml:lang"];
    if (/#(integer|decimal|double)$/.test(term.datatype ?? "")) cell.className = "number";
    if (/#(date|time|dateTime)$/.test(term.datatype ?? "")) cell.className = "date";
  } else {
    cell.textContent = term.type === "triple" ? JSON.stringify(term.value) : `_:${term.value}`;
  }
}

async function addLabels(table) {
  const links = [...table.querySelectorAll("a[data-iri]")];
  const iris = [...new Set(links.map((link) => link.dataset.iri))].filter((iri) => !/[<>"{}|^`\\\s]/.test(iri)).slice(0, 500);
  if (!iris.length) return;
  const values = iris.map((iri) => `<${iri}>`).join(" ");
  const query = `PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
    SELECT ?thing (SAMPLE(?name) AS ?label) WHERE { VALUES ?thing { ${values} }
    ?thing rdfs:label|skos:prefLabel ?name FILTER (LANGMATCHES(LANG(?name), "en")) } GROUP BY ?thing`;
  const response = await ask(query, "application/sparql-results+json");
  if (!response.ok) return;
  const found = (await response.json()).results.bindings.filter((row) => row.thing && row.label);
  const labels = new Map(found.map((row) => [row.thing.value, row.label.value]));
  for (const link of links) if (labels.has(link.dataset.iri)) link.textContent = labels.get(link.dataset.iri);
}

function showText(text, started) {
  result.replaceChildren(element("pre", text));
  say(`Triples (${seconds(started)})`);
}

function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

function spaced(name) {
  return name.replace(/([a-z])([A-Z])/g, (_, before, after) => `${before} ${after.toLowerCase()}`);
}

function seconds(started) {
  return `${((performance.now() - started) / 1000).toFixed(2)} s`;
}

function shortened(iri) {
  const fitting = prefixes.filter(([, namespace]) => iri.startsWith(namespace)).sort((a, b) => b[1].length - a[1].length)[0];
  return fitting && !/[/#]/.test(iri.slice(fitting[1].length)) ? `${fitting[0]}:${iri.slice(fitting[1].length)}` : iri;
}

function local(iri) {
  const path = (part) => encodeURI(iri.slice(base.length + part.length));
  if (iri.startsWith(`${base}ontology#`)) return `/term/${path("ontology#")}`;
  if (iri.startsWith(`${base}id/`)) return `/doc/${path("id/")}`;
  if (iri.startsWith(`${base}scheme/`)) return `/scheme/${path("scheme/")}`;
  return /^https?:\/\//.test(iri) ? iri : null;
}
