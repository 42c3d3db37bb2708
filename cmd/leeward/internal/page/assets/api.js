// Requests to the node, with the token of this tab.

const place = 'leeward.token'

// The token is taken from the address once, and removed from there: addresses are kept, sent on and looked over.
export function takeToken() {
  const match = /^#token=(.+)$/.exec(location.hash)
  if (!match) return
  setToken(match[1]) // a token has nothing in it that addresses write otherwise
  history.replaceState(null, '', location.pathname + location.search)
}

export const getToken = () => sessionStorage.getItem(place) ?? ''

export function setToken(token) {
  if (token) sessionStorage.setItem(place, token)
  else sessionStorage.removeItem(place)
}

export const proof = () => (getToken() ? { Authorization: `Bearer ${getToken()}` } : {})

// call makes a request. What comes is {ok, status, data, error}; without an answer status is 0.
export async function call(method, path, body) {
  const headers = proof()
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  try {
    const response = await fetch(path, { method, headers, cache: 'no-store', body: body && JSON.stringify(body), signal: AbortSignal.timeout(30000) })
    const text = await response.text()
    let data = null
    try {
      data = JSON.parse(text)
    } catch {
      data = { error: text }
    }
    return { ok: response.ok, status: response.status, data, error: response.ok ? '' : data.error || response.statusText }
  } catch {
    return { ok: false, status: 0, data: null, error: 'the node does not answer' }
  }
}
