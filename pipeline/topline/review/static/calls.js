// Requests to the review's own server, one change after the other.

export class Refused extends Error {}
export class Behind extends Error {}

const read = async (response) => {
  let held;
  try {
    held = await response.json();
  } catch {
    throw new Refused("the server said nothing that can be read; look at its terminal");
  }
  if (response.status === 409) throw new Behind(held.error);
  if (!response.ok) throw new Refused(held.error);
  return held;
};

const reach = async (address, options) => {
  try {
    return await fetch(address, options);
  } catch {
    throw new Refused("the server does not answer; start `topline review` again: what was decided is kept");
  }
};

export const get = async (name, query = {}) => {
  const words = new URLSearchParams(query).toString();
  return read(await reach(words ? `${name}?${words}` : name));
};

export const post = async (name, body) =>
  read(await reach(name, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }));

// Quick keys come while a change is on its way: actions wait for those before them, and keys until all is done.
let last = Promise.resolve();
let pending = 0;

export const inTurn = (action) => {
  pending += 1;
  last = last.then(action, action).finally(() => { pending -= 1; });
  return last;
};

export const whenQuiet = async () => {
  while (pending) await last.catch(() => {});
};

let keys = Promise.resolve();
let waiting = 0;

export const keyInTurn = (handle) => {
  if (!pending && !waiting) {
    handle();
    return;
  }
  waiting += 1;
  keys = keys.then(whenQuiet).then(() => {
    waiting -= 1;
    handle();
  });
};

export const settled = async () => {
  do {
    await whenQuiet();
    await keys;
  } while (pending || waiting);
};
