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

// Quick keys come while a change is on its way: each waits for the one before it.
let last = Promise.resolve();
export const inTurn = (action) => {
  last = last.then(action, action);
  return last;
};
