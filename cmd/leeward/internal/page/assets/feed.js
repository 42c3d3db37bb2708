// The stream of events, read with fetch so that the token goes along, and begun anew whenever it ends.

import { proof } from './api.js'

const silence = 7000 // ms without a word, after which the stream is taken for dead: rates come every two seconds
const pauses = [300, 1000, 2000, 5000]
const refusal = 60000 // ms until who was refused asks again by itself: wrong tokens are counted

// listen tells of every event, and of each state: live, lost, or refused with a reason. It gives a function that begins anew at once.
export function listen(onEvent, onState) {
  let attempt = 0
  let stop = new AbortController()
  let wake = () => {}
  let woken = false
  const run = async () => {
    for (;;) {
      stop = new AbortController()
      const refused = await once(stop, event => {
        attempt = 0
        onEvent(event)
      }, onState)
      if (!refused) onState('lost')
      if (!woken) await new Promise(resolve => {
        wake = resolve
        setTimeout(resolve, refused ? refusal : pauses[Math.min(attempt++, pauses.length - 1)])
      })
      woken = false
    }
  }
  run()
  return () => {
    attempt = 0
    woken = true
    stop.abort()
    wake()
  }
}

// once reads one stream to its end, and says whether it was refused.
async function once(stop, onEvent, onState) {
  let timer
  const heard = () => {
    clearTimeout(timer)
    timer = setTimeout(() => stop.abort(), silence)
  }
  try {
    heard()
    const response = await fetch('v1/events', { headers: proof(), cache: 'no-store', signal: stop.signal })
    if ([401, 403, 429].includes(response.status)) {
      const said = await response.json().catch(() => ({}))
      onState('refused', said.error || response.statusText)
      return true
    }
    if (!response.ok) return false
    onState('live')
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return false
      heard()
      const events = (text + value).split('\n\n')
      text = events.pop()
      events.map(parse).filter(Boolean).forEach(onEvent)
    }
  } catch {
    return false // it broke off
  } finally {
    clearTimeout(timer)
  }
}

function parse(block) {
  const event = { kind: '', data: '' }
  for (const line of block.split('\n')) {
    if (line.startsWith('event: ')) event.kind = line.slice(7)
    if (line.startsWith('data: ')) event.data += line.slice(6)
  }
  return event.kind && { kind: event.kind, data: JSON.parse(event.data) }
}
