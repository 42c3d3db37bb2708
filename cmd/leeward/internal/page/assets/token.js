// The token: who looks at the page, and what that allows.

import { $ } from './dom.js'
import { getToken, setToken } from './api.js'

let before = '' // what the token was before the one that is tried

// deny says why a token that was tried is none, and goes back to the one before.
export function deny(why) {
  $('token-error').textContent = why
  setToken(before)
}

// openToken asks for a token, and says why it is wanted.
export function openToken(why) {
  $('token-words').textContent = why || 'A token shows the node who you are.'
  $('token-error').textContent = ''
  $('token-text').value = ''
  $('token-forget').hidden = !getToken()
  if (!$('token').open) $('token').showModal()
  $('token-text').focus()
}

// prepareToken wires the dialog; again begins the stream anew, which shows what the token is worth.
export function prepareToken(again) {
  $('token-form').onsubmit = event => {
    event.preventDefault()
    const text = $('token-text').value.trim()
    if (!text || /[^\x21-\x7e]/.test(text)) {
      $('token-error').textContent = text ? 'A token has no spaces, and only plain letters, figures and signs.' : 'A token is missing.'
      return $('token-text').focus()
    }
    before = getToken()
    setToken(text)
    $('token-error').textContent = ''
    again()
  }
  $('token-forget').onclick = () => {
    setToken('')
    $('token').close()
    again()
  }
}

export const rank = { open: 0, read: 1, drain: 2, admin: 3 }

// drawRole says who the node takes this page for.
export function drawRole(hello) {
  if (!hello) return ($('role').textContent = '')
  const may = rank[hello.role] >= rank.drain
  $('role').textContent = may ? `${hello.role}${hello.name ? ` as ${hello.name}` : ''}` : `may only look${hello.name ? `, as ${hello.name}` : ''}`
}
