// The page that works without a server: what is known on the chosen day, and the check of one's own case. Nothing leaves the page.
"use strict";

const told = JSON.parse(document.getElementById("told").textContent);
const field = (name) => document.querySelector(`#check [name=${name}]`);
const label = (name) => told.facts.find((each) => each.name === name).label;
const element = (name, text, ...children) => {
  const made = document.createElement(name);
  if (text) { made.textContent = text; }
  made.append(...children);
  return made;
};
const list = (texts) => element("ul", "", ...texts.map((text) => element("li", text)));

const on = document.getElementById("on"), scheme = document.getElementById("scheme");
const say = (sentence, words) => sentence.replace(/\{(\w+)\}/g, (_found, name) => words[name]);
const quoted = (text) => [...text].length > told.quoted ? `${[...text].slice(0, told.quoted).join("")}…` : text;
const isDay = (text) => /^\d{4}-\d\d-\d\d$/.test(text) && (new Date(text).toJSON() || "").startsWith(text); // 02-30 becomes another day
const chosenDay = () => isDay(on.value) ? on.value : told.today();
const undayed = () => on.value && !isDay(on.value) ? [say(told.words.unday, {text: quoted(on.value)})] : [];

// The schemes for which one could apply by the day, as they were known on it, the newest first.
function offered(day) {
  return told.schemes.filter((each) => each.since <= day && (!each.until || day <= each.until) && each.begins <= day);
}

// Another scheme, open on the day of application, by which nothing of the case fails.
function other(turn, facts) {
  const day = facts.applied_on || chosenDay();
  return offered(chosenDay()).find((each) => each !== turn && each.begins <= day && day <= each.ends && !judge(each, facts).failing.length);
}

const chosen = () => offered(chosenDay())[scheme.selectedIndex] || null;

function latest(rows, day) {
  return rows.filter((each) => each.since <= day).sort((one, other) => one.since < other.since ? 1 : -1)[0] || null;
}

function whole(text, fact) {
  const found = /^(\d{1,12})(?:\.(\d{1,6}))?$/.exec(text);
  if (!found) { return null; }
  const after = (found[2] || "").replace(/0+$/, "");
  const value = Number(found[1] + after.padEnd(fact.scale, "0"));
  return after.length <= fact.scale && fact.least <= value && value <= told.most ? value : null;
}

function read(text, fact) {
  if (fact.kind === "number") { return whole(text, fact); }
  if (fact.kind === "date") { return isDay(text) && text >= told.first ? text : null; }
  return text === "true" ? true : text === "false" ? false : text;
}

function factsOf() {
  const facts = {}, problems = undayed(), refuse = (name, words) => problems.push(say(told.sentences[name], words));
  for (const each of told.facts) {
    const typed = field(each.name).value.trim();
    if (!typed) { continue; }
    const value = read(typed, each);
    if (value === null) { refuse("unread", {...each, text: quoted(typed)}); } else { facts[each.name] = value; }
  }
  for (const each of told.facts) {
    if (each.kind === "date" && facts[each.name] > told.today()) { refuse("ahead", {...each, day: facts[each.name]}); }
  }
  for (const [first, second] of told.orders) {
    if (facts[first] && facts[second] && facts[second] < facts[first]) {
      refuse("earlier", {second: label(second), later: facts[second], first: label(first), earlier: facts[first]});
    }
  }
  for (const each of told.facts) {
    if (each.when && facts[each.name] === true && (facts[each.when[0]] || each.when[1]) !== each.when[1]) {
      refuse("contradicts", {...each, other: label(each.when[0])});
    }
  }
  return [facts, problems];
}

function offer() {
  const schemes = offered(chosenDay());
  scheme.replaceChildren(...schemes.map((each) => new Option(each.scheme)));
  scheme.parentElement.hidden = schemes.length < 2;
  show();
}

function show() {
  const day = chosenDay(), turn = chosen(), rates = document.getElementById("rates");
  const awaited = (latest(told.awaited, day) || {texts: []}).texts;
  rates.replaceChildren(...(turn ? [
    element("p", turn.title), ...turn.rates.map((text) => element("p", text)),
    element("small", turn.source)] : [element("p", told.words.nothing)]), ...(awaited.length ? [list(awaited)] : []));
  rates.prepend(...undayed().map((text) => element("strong", text)));
  for (const [place, rows] of [["answers", told.answers], ["guide", told.guide]]) {
    document.getElementById(place).replaceChildren(...rows.flatMap((each) => {
      const found = latest(each.versions, day);
      const text = found ? found.text.split("\n").filter(Boolean).map((line) => element("p", line)) : [element("p", told.words.unsaid)];
      return [element("h3", each.label), ...text, ...(found ? [element("small", `${found.cites} · ${found.since}`)] : [])];
    }));
  }
  document.getElementById("verdict").replaceChildren();
}

function check(event) {
  event.preventDefault();
  const turn = chosen(), verdict = document.getElementById("verdict");
  const [facts, problems] = factsOf();
  const reasons = (rows) => element("ol", "", ...rows.map((each) => element("li", "", each.text, element("small", ` ${each.source}`))));
  if (!turn) { verdict.replaceChildren(element("p", told.words.nothing)); return; }
  if (problems.length) { verdict.replaceChildren(element("h3", told.words.problems), list(problems)); return; }
  const found = judge(turn, facts);
  const unclear = found.unclear.map((each) => ({
    text: each.isOpen ? each.question : told.words.unknown + each.facts.filter((name) => found.missing.includes(name)).map(label).join("、"),
    source: each.source}));
  const another = found.failing.length ? other(turn, facts) : null;
  const title = found.eligible === "unclear" && found.amount === null ? "unsure" : found.eligible;
  verdict.replaceChildren(
    element("h3", told.words[title] + (found.eligible !== "no" && found.amount !== null ? ` ${found.amount} ${told.words.yuan}` : "")
      + (found.topUp && found.topUp !== found.amount ? `，${told.words.topUp} ${found.topUp} ${told.words.yuan}` : "")),
    ...(another ? [element("p", say(told.words.other, {scheme: another.scheme, until: another.ends}))] : []),
    ...(found.failing.length ? [reasons(found.failing.map((each) => ({text: each.refusal, source: each.source})))] : []),
    ...(unclear.length ? [reasons(unclear)] : []),
    element("h3", told.words.next),
    list(found.next.map((each) => say(told.next[each], {names: found.missing.map(label).join("、"), percent: found.percent}))),
    element("p", `${told.words.decides}${turn.office}`));
  verdict.scrollIntoView();
}

told.today = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 10);
on.value = told.on;
on.addEventListener("change", offer);
scheme.addEventListener("change", show);
document.getElementById("check").addEventListener("submit", check);
offer();
