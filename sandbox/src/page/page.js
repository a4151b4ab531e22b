// The page of the sandbox: it shows /sandbox/estate and listens to /sandbox/events. Whatever comes
// from there is put in as text, since customers choose names.
"use strict";

const at = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes and children; texts become text nodes. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Makes the children of a parent those of the items. What stays the same is left alone, so that it
 * keeps the focus and whatever is unfolded in it. */
function sync(parent, items, key, draw) {
  const there = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let before = parent.firstElementChild;
  for (const item of items) {
    const name = key(item);
    const drawn = JSON.stringify(item);
    let child = there.get(name);
    there.delete(name);
    if (!child || child.drawn !== drawn) {
      const fresh = draw(item);
      fresh.dataset.key = name;
      fresh.drawn = drawn;
      if (child) replace(child, fresh);
      if (before === child) before = fresh;
      child = fresh;
    }
    if (child === before) before = child.nextElementSibling;
    else parent.insertBefore(child, before);
  }
  for (const child of there.values()) child.remove();
}

/** Puts an element in the place of another, with the focus where it was. */
function replace(old, fresh) {
  const focus = old.contains(document.activeElement) ? document.activeElement.dataset.act : null;
  old.replaceWith(fresh);
  if (focus) [...fresh.querySelectorAll("[data-act]")].find((it) => it.dataset.act === focus)?.focus();
}

// ---- The exchange

const KINDS = {
  production: "up",
  requested: "wait",
  allocated: "wait",
  production_change_pending: "wait",
  error: "error",
  decommission_requested: "ending",
  decommissioned: "gone",
  archived: "gone",
  cancelled: "gone",
};
const kindOf = (state) => KINDS[state] ?? "wait";
const keyOf = (object) => `${object.collection}/${object.id}`;

const TYPES = {
  p2p_vc: "circuit",
  p2mp_vc: "circuit to many",
  mp2mp_vc: "closed user group",
  cloud_vc: "cloud circuit",
  exchange_lan: "peering LAN",
};

const REPLIES = {
  accept: "Accept as party B",
  decline: "Decline as party B",
  ask: "Ask for a change as party B",
  take_back: "Take the request back as party B",
  grant: "Grant the change as party B",
  refuse: "Refuse the change as party B",
  join: "Join as party B",
  leave: "Leave as party B",
};

const chip = (state) => make("span", { class: "chip", "data-kind": kindOf(state) }, state);

/** 10000 Mbit/s as people say it. */
function speed(megabits) {
  if (!megabits) return null;
  return megabits >= 1000 ? `${megabits / 1000} Gbit/s` : `${megabits} Mbit/s`;
}

/** A moment; without the day if it is today. */
function moment(text) {
  const [day, time] = text.replace("Z", "").split("T");
  return day === estate.today ? time : `${day} ${time}`;
}

let estate = { today: "", objects: [], billed: { objects: [] } };

function titleOf(object) {
  return object.name ?? object.id;
}

/** What will be of an object, by the clock and by its cancellation. */
function prospects(object) {
  const told = [];
  if (object.held) told.push("held: the clock does not move it");
  if (object.ends) told.push(`ends on ${object.ends}`);
  else if (object.next && !object.held) told.push(`${object.next.state} at ${moment(object.next.at)}`);
  const bill = estate.billed.objects.find((bill) => keyOf(bill) === keyOf(object));
  if (bill?.until) told.push(`billed until ${bill.until}`);
  return told.length ? make("p", { class: "meta" }, told.join(" · ")) : null;
}

/** The request that holds an object, or lets go of what is held just so. A port that is a connection
 * by itself has its reservation under the same id, and is held with it. */
function holdButton(object) {
  const isConnection = object.collection === "connections";
  const order = { id: object.id, collection: isConnection ? undefined : object.collection };
  const button = make("button", {
    type: "button",
    class: "small quiet",
    "data-act": `hold ${keyOf(object)}`,
    "aria-pressed": String(object.held),
    "aria-label": `${object.held ? "Release" : "Hold"} ${object.name ?? `${object.noun} ${object.id}`}`,
  }, object.held ? "Release" : "Hold");
  button.addEventListener("click", () =>
    object.held
      ? act("POST", "release", order, ({ released }) => released
        ? `${titleOf(object)} goes on.`
        : `${titleOf(object)} is held with others: let go of them in the control room.`)
      : act("POST", "hold", order, (done) => `${titleOf(object)} stays ${done.state}.`));
  return button;
}

function replyButton(object, reply) {
  const button = make("button", {
    type: "button",
    class: "small",
    "data-act": `${reply} ${object.id}`,
    "aria-label": `${REPLIES[reply] ?? reply}: ${titleOf(object)}`,
  }, REPLIES[reply] ?? reply);
  button.addEventListener("click", () =>
    act("POST", "reply", { id: object.id, reply }, () => `${REPLIES[reply]}: done for ${titleOf(object)}.`));
  return button;
}

/** A port or a LAG, with its single ports. */
function drawConnection({ connection, ports }) {
  const kind = connection.mode === "standalone" ? "port" : connection.mode;
  const about = [speed(connection.speed), kind, `party ${connection.party}`];
  const single = ports.filter((port) => port.id !== connection.id);
  const states = [...new Set(single.map((port) => port.state))];
  const counted = states.map((state) => ({ state, count: single.filter((port) => port.state === state).length }));
  return make("li", { class: "box", "data-kind": kindOf(connection.state), "data-node": keyOf(connection) },
    make("div", { class: "row" }, make("span", { class: "name" }, titleOf(connection)), chip(connection.state)),
    make("p", { class: "meta" }, about.filter(Boolean).join(" · ")),
    ...counted.map(({ state, count }) =>
      make("p", { class: "meta" }, `${count} ${count === 1 ? "port" : "ports"}: `, chip(state))),
    prospects(connection),
    make("div", { class: "row" }, make("span", { class: "id" }, connection.name ? connection.id : ""), holdButton(connection)));
}

/** A service that several ports join, or a router of the exchange's. */
function drawHub({ hub }) {
  return make("li", { class: "box", "data-kind": kindOf(hub.state ?? "production"), "data-node": `hub/${hub.id}` },
    make("div", { class: "row" }, make("span", { class: "name" }, titleOf(hub)), hub.state ? chip(hub.state) : null),
    make("p", { class: "meta" }, TYPES[hub.type] ?? hub.noun ?? hub.type));
}

function drawPlace(place) {
  const list = make("ul");
  const drawn = make("div", { class: "place" },
    make("h4", {}, place.title),
    place.note ? make("p", { class: "meta" }, place.note) : null,
    list);
  return drawn;
}

function drawMetro(metro) {
  return make("div", { class: "metro", role: "group", "aria-label": metro.name },
    make("h3", { "data-node": `metro/${metro.id}` }, `${metro.name} (${metro.id})`),
    make("div"));
}

const of = (collection) => estate.objects.filter((object) => object.collection === collection);
const isCircuit = (service) => service.type === "p2p_vc";

/** What is drawn as a node in a metro beside its ports: services of several members, routers. */
function hubs() {
  const configs = of("network-service-configs");
  const used = new Set(configs.map((config) => config.network_service));
  const exchanges = estate.services.filter((service) => used.has(service.id));
  const ordered = of("network-services").filter((service) => !isCircuit(service));
  return [...exchanges, ...ordered, ...of("routing-functions")];
}

function drawMap() {
  const [connections, reservations] = [of("connections"), of("port-reservations")];
  const joints = hubs();
  const bills = new Map(estate.billed.objects.map((bill) => [keyOf(bill), bill]));
  const metros = at("metros");
  sync(metros, estate.metros.map(({ id, name }) => ({ id, name })), (metro) => metro.id, drawMetro);
  for (const metro of estate.metros) {
    const places = metro.pops.map((pop) => ({ id: pop.id, title: pop.id, note: `${pop.facility}, ${pop.city}` }));
    const here = joints.filter((hub) => hub.metro === metro.id);
    if (here.length) places.push({ id: "services", title: "Services here", note: null });
    const root = [...metros.children].find((child) => child.dataset.key === metro.id).lastElementChild;
    sync(root, places, (place) => place.id, drawPlace);
    for (const place of root.children) {
      const list = place.lastElementChild;
      if (place.dataset.key === "services") {
        sync(list, here.map((hub) => ({ hub })), ({ hub }) => hub.id, drawHub);
        continue;
      }
      const boxes = connections.filter((connection) => connection.pop === place.dataset.key);
      const items = boxes.map((connection) => ({
        connection,
        ports: reservations.filter((port) => port.connection === connection.id),
        bill: bills.get(keyOf(connection)),
        today: estate.today,
      }));
      sync(list, items, (item) => keyOf(item.connection), drawConnection);
    }
  }
  at("empty").hidden = estate.objects.length > 0;
  at("left").hidden = estate.left_out === 0;
  at("left").textContent = `${estate.left_out} more objects are not shown.`;
  drawLines();
}

/** The lines of the map: from and to a node, in the colour of a state. */
function lines() {
  const configs = of("network-service-configs");
  const services = new Map(of("network-services").map((service) => [service.id, service]));
  const node = (config) =>
    config.routing_function ? `hub/${config.routing_function}` : `connections/${config.connection}`;
  const found = [];
  for (const service of services.values()) {
    if (!isCircuit(service)) continue;
    const ends = configs.filter((config) => config.network_service === service.id);
    const nodes = ends.map(node);
    if (nodes.length === 0) continue;
    if (nodes.length === 1) {
      const port = of("connections").find((it) => keyOf(it) === nodes[0]);
      const there = port?.metro === service.metro ? service.other_metro : service.metro;
      nodes.push(`metro/${there}`);
    }
    found.push({ id: service.id, from: nodes[0], to: nodes[1], state: service.state, open: ends.length < 2 });
  }
  for (const config of configs) {
    const service = services.get(config.network_service);
    if (service && isCircuit(service)) continue;
    const hub = `hub/${config.network_service}`;
    found.push({ id: config.network_service, from: node(config), to: hub, state: config.state, open: false });
  }
  return found;
}

let lit = null;

function drawLines() {
  const map = at("map");
  const svg = at("lines");
  const frame = map.getBoundingClientRect();
  svg.setAttribute("width", frame.width);
  svg.setAttribute("height", frame.height);
  const nodes = new Map([...map.querySelectorAll("[data-node]")].map((node) => [node.dataset.node, node]));
  const paths = [];
  lines().forEach((line, index) => {
    const [from, to] = [nodes.get(line.from), nodes.get(line.to)];
    if (!from || !to) return;
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", curve(from.getBoundingClientRect(), to.getBoundingClientRect(), frame, index));
    path.dataset.kind = kindOf(line.state);
    path.dataset.id = line.id;
    path.classList.toggle("open", line.open);
    path.classList.toggle("lit", line.id === lit);
    paths.push(path);
  });
  svg.replaceChildren(...paths);
}

/** From one box to another: between columns from side to side, within a column around the right. */
function curve(from, to, frame, index) {
  const shift = ((index % 5) - 2) * 5;
  const y = (box) => box.top - frame.top + box.height / 2 + (box.height > 30 ? shift : 0);
  const isBeside = Math.abs(from.left - to.left) > 60;
  if (!isBeside) {
    const x = (box) => box.right - frame.left;
    const out = Math.min(frame.width - 2, Math.max(x(from), x(to)) + 14 + (index % 4) * 6);
    return `M${x(from)},${y(from)} C${out},${y(from)} ${out},${y(to)} ${x(to)},${y(to)}`;
  }
  const [left, right] = from.left < to.left ? [from, to] : [to, from];
  const [x1, x2] = [left.right - frame.left, right.left - frame.left];
  const bend = Math.max(24, (x2 - x1) / 2);
  return `M${x1},${y(left)} C${x1 + bend},${y(left)} ${x2 - bend},${y(right)} ${x2},${y(right)}`;
}

function light(id) {
  lit = id;
  for (const path of document.querySelectorAll(".map path")) {
    path.classList.toggle("lit", path.dataset.id === id);
  }
}

// ---- Services and bills

function drawService({ service, configs }) {
  const where = isCircuit(service) ? `${service.metro} – ${service.other_metro}` : service.metro;
  const about = [TYPES[service.type] ?? service.noun, where, speed(service.capacity), `party ${service.party}`];
  const drawn = make("li", { class: "box", "data-kind": kindOf(service.state) },
    make("div", { class: "row" }, make("span", { class: "name" }, titleOf(service)), chip(service.state)),
    make("p", { class: "meta" }, about.filter(Boolean).join(" · ")),
    ...service.messages.map((message) => make("p", { class: "meta" }, String(message))),
    prospects(service),
    make("div", { class: "row" }, make("span", { class: "id" }, service.name ? service.id : ""), holdButton(service)),
    ...configs.map((config) => make("div", { class: "row" },
      make("span", { class: "meta" }, `config of party ${config.party} `, chip(config.state)),
      holdButton(config), prospects(config))),
    make("div", { class: "buttons" }, ...(service.replies ?? []).map((reply) => replyButton(service, reply))));
  for (const event of ["mouseenter", "focusin"]) drawn.addEventListener(event, () => light(service.id));
  for (const event of ["mouseleave", "focusout"]) drawn.addEventListener(event, () => light(null));
  return drawn;
}

function drawServices() {
  const configs = of("network-service-configs");
  const known = new Set(of("network-services").map((service) => service.id));
  const others = estate.services.filter((service) => !known.has(service.id));
  const joined = others.filter((other) => configs.some((config) => config.network_service === other.id));
  const items = of("network-services").map((service) => ({
    service,
    configs: configs.filter((config) => config.network_service === service.id),
    bill: estate.billed.objects.filter((bill) => bill.until).map(keyOf),
  }));
  const lans = joined.flatMap((lan) => configs
    .filter((config) => config.network_service === lan.id)
    .map((config) => ({
      service: { ...config, name: `${titleOf(config)} on ${titleOf(lan)}`, metro: lan.metro },
      configs: [],
    })));
  const all = [...items, ...lans];
  sync(at("services"), all, (item) => keyOf(item.service), drawService);
  at("no-services").hidden = all.length > 0;
}

/** A config is known by its service, and a port of a LAG by the LAG. */
function billed(bill) {
  const parent = bill.network_service ?? bill.connection;
  const all = [...estate.objects, ...estate.services];
  const found = parent ? all.find((object) => object.id === parent) : null;
  return titleOf(found ?? bill);
}

function drawBills() {
  const { total, ending, objects } = estate.billed;
  const is = (count) => `${count} ${count === 1 ? "object is" : "objects are"}`;
  at("bills-sum").textContent = total === 0
    ? "Nothing is billed today."
    : `${is(total)} billed today${ending ? `, ${ending} of them cancelled already` : ""}. IX-API tells until when, and no prices.`;
  at("bills").hidden = total === 0;
  // What ends is what one wants to see first.
  const sorted = [...objects].sort((one, other) => Number(!one.until) - Number(!other.until));
  const called = sorted.map((bill) => ({ ...bill, called: billed(bill) }));
  const cell = (attributes, ...inside) => make("td", { role: "cell", ...attributes }, ...inside);
  sync(at("bills").tBodies[0], called, keyOf, (bill) => make("tr", { role: "row" },
    cell({ class: "main" }, make("strong", {}, bill.called), ` ${bill.noun} `, make("span", { class: "id" }, bill.id)),
    cell({ "data-label": "party" }, bill.party),
    cell({ "data-label": "since" }, bill.since ?? "–"),
    cell({}, bill.until
      ? make("span", { class: "chip", "data-kind": "ending" }, `billed until ${bill.until}`)
      : "not cancelled")));
}

// ---- The control room

function drawControl() {
  const { faults, holds } = estate;
  const fault = (it) => [it.times > 1 ? `${it.times} ×` : null, it.method ?? "any request", it.path,
    "→", it.status ?? null, it.kind, it.skip ? `(after ${it.skip} more)` : null].filter(Boolean).join(" ");
  sync(at("faults"), faults.map((it, index) => ({ it, index })), ({ index }) => String(index), ({ it }) =>
    make("li", {}, fault(it)));
  at("no-faults").hidden = faults.length > 0;
  at("forget").hidden = faults.length === 0;

  const names = (hold) => [hold.id, hold.external_ref, hold.collection].filter(Boolean).join(" ");
  sync(at("holds"), holds, (hold) => JSON.stringify(hold), (hold) => {
    const button = make("button", { type: "button", class: "small", "aria-label": `Release ${names(hold)}` }, "Release");
    const order = Object.fromEntries(Object.entries(hold).filter(([, value]) => value !== null));
    button.addEventListener("click", () => act("POST", "release", order, () => `${names(hold)} goes on.`));
    const known = estate.objects.find((object) => object.id === hold.id);
    return make("li", { class: "row" }, known ? titleOf(known) : names(hold), chip(hold.state), button);
  });
  at("no-holds").hidden = holds.length > 0;

  const waiting = estate.objects.filter((object) => object.replies.length > 0);
  sync(at("replies"), waiting, keyOf, (object) =>
    make("li", { class: "row" }, make("span", {}, titleOf(object)),
      make("span", { class: "buttons" }, ...object.replies.map((reply) => replyButton(object, reply)))));
  at("no-replies").hidden = waiting.length > 0;

  at("step").disabled = estate.next_step === null;
  at("step").title = estate.next_step ? `to ${moment(estate.next_step)}` : "Nothing waits for the clock";
}

/** A request to the control room. What comes of it is said, and shown. */
async function act(method, place, body, tell) {
  const said = at("said");
  try {
    const done = await ask(method, place, body);
    said.textContent = tell(done);
    said.dataset.is = "done";
  } catch (error) {
    said.textContent = error.message;
    said.dataset.is = "refused";
  }
  refresh();
}

async function ask(method, place, body) {
  const options = { method, headers: {} };
  if (body) {
    options.body = JSON.stringify(body);
    options.headers["content-type"] = "application/json";
  }
  const answer = await fetch(`/sandbox/${place}`, options);
  const told = await answer.json();
  if (answer.ok) return told;
  const reasons = (told["invalid-properties"] ?? told.properties ?? []).map((it) => `${it.name} ${it.reason}`);
  throw new Error([told.detail ?? told.title ?? `It was answered with ${answer.status}.`, ...reasons].join(" "));
}

function listen() {
  const clock = (order) => act("POST", "clock", order, (time) => `The exchange has ${time.now.replace("T", " ").replace("Z", "")} UTC.`);
  at("hour").addEventListener("click", () => clock({ advance_seconds: 3600 }));
  at("day").addEventListener("click", () => clock({ advance_days: 1 }));
  at("step").addEventListener("click", () => clock({ to_next_step: true }));
  at("forget").addEventListener("click", () => act("DELETE", "faults", null, () => "No request is going to fail."));
  at("fail").addEventListener("submit", (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    const [kind, status] = form.get("fault").split(" ");
    const fault = { kind };
    if (status) fault.status = Number(status);
    if (form.get("method")) fault.method = form.get("method");
    act("POST", "faults", fault, () => "It waits for its request.");
  });
  at("changes-only").addEventListener("change", drawLog);
  new ResizeObserver(() => drawLines()).observe(at("map"));
}

// ---- What is fetched, and when

let [fetching, again, timer] = [false, false, 0];

/** Reads the estate anew: once more if it is asked for meanwhile, and when the clock will move
 * something. */
async function refresh() {
  if (fetching) {
    again = true;
    return;
  }
  fetching = true;
  clearTimeout(timer);
  try {
    estate = await ask("GET", "estate");
    estate.read = performance.now();
    drawMap();
    drawServices();
    drawBills();
    drawControl();
    tick();
    if (estate.next_step_in_ms !== null) {
      timer = setTimeout(refresh, Math.min(60_000, estate.next_step_in_ms + 20));
    }
  } catch (error) {
    link("lost", error instanceof TypeError ? "The sandbox does not answer" : error.message);
  }
  // Many changes in a row are shown together.
  setTimeout(() => {
    fetching = false;
    if (again) {
      again = false;
      refresh();
    }
  }, 100);
}

function tick() {
  if (!estate.now) return;
  const now = new Date(Date.parse(estate.now) + performance.now() - estate.read);
  const text = now.toISOString();
  at("now").textContent = text.slice(0, 19).replace("T", " ");
  at("now").dateTime = text;
}

function link(is, text) {
  at("link").dataset.is = is;
  at("link").textContent = text;
}

// ---- Requests as they come

const MOST_ROWS = 200;
let requests = [];

function drawRequest(entry) {
  const place = make("span", { class: "path" }, entry.path + (entry.query ? `?${entry.query}` : ""));
  const request = [make("span", { class: "method" }, entry.method), " ", place];
  const what = entry.body === null
    ? make("div", { class: "what" }, ...request)
    : make("details", { class: "what" }, make("summary", {}, ...request), make("pre", {}, JSON.stringify(entry.body, null, 2)));
  const answer = entry.status === null ? "cut" : String(entry.status);
  const kind = entry.status === null || entry.status >= 500 ? "error" : entry.status >= 400 ? "wait" : "up";
  return make("li", { class: "new" },
    make("span", { title: entry.at }, entry.at.slice(11, 19)),
    make("span", {}, entry.party ? `party ${entry.party}` : "nobody yet"),
    make("span", { class: "chip", "data-kind": kind }, answer),
    entry.fault ? make("span", {}, entry.fault) : null,
    what);
}

function drawLog() {
  const isChange = (entry) => entry.method !== "GET" && !/^\/(connect|auth)\//.test(entry.path);
  const shown = at("changes-only").checked ? requests.filter(isChange) : requests;
  sync(at("log"), shown, (entry) => String(entry.seq), drawRequest);
  at("no-log").hidden = shown.length > 0;
}

let drawing = false;

function watch() {
  const events = new EventSource("/sandbox/events");
  events.addEventListener("open", () => {
    // It begins with the last requests, be it of another sandbox at this address.
    requests = [];
    drawLog();
    link("live", "Live");
    refresh();
  });
  events.addEventListener("error", () => {
    events.close();
    link("lost", "The sandbox does not answer");
    setTimeout(watch, 1000);
  });
  events.addEventListener("estate", () => refresh());
  events.addEventListener("request", (event) => {
    const entry = JSON.parse(event.data);
    // They come as they are answered, and are shown as they were asked.
    requests = [entry, ...requests].sort((one, other) => other.seq - one.seq).slice(0, MOST_ROWS);
    if (drawing) return;
    drawing = true;
    requestAnimationFrame(() => {
      drawing = false;
      drawLog();
    });
  });
  events.addEventListener("missed", (event) => {
    at("missed").textContent = `${JSON.parse(event.data).lines} events came too fast to be shown.`;
    at("missed").hidden = false;
    refresh();
  });
}

listen();
watch();
setInterval(tick, 1000);
