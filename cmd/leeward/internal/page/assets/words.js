// Figures and times in words.

export function percent(share) {
  if (!share) return '0 %'
  const of = 100 * share
  if (of < 0.1) return '< 0.1 %'
  return `${of < 10 ? of.toFixed(1) : Math.round(of)} %`
}

// clock is a time of day in UTC, as the log has it; with its day where that is not today.
export function clock(text, now = Date.now()) {
  const at = new Date(text)
  if (!text || Number.isNaN(at.getTime()) || at.getUTCFullYear() < 2000) return ''
  const iso = at.toISOString()
  const today = new Date(now).toISOString().slice(0, 10) === iso.slice(0, 10)
  return `${today ? '' : iso.slice(0, 10) + ' '}${iso.slice(11, 19)} UTC`
}

// span is a time between two in words: 12 s, 4 min, 3 h, 2 days.
export function span(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`
  if (seconds < 172800) return `${Math.round(seconds / 3600)} h`
  return `${Math.round(seconds / 86400)} days`
}

export const since = (text, now) => (clock(text) ? `${clock(text, now)}, ${span(now - new Date(text))} ago` : '')

export const many = (n, one, more = one + 's') => `${n} ${n === 1 ? one : more}`

export const few = (list, most) => (list.length <= most ? list.join(', ') : `${list.slice(0, most).join(', ')} and ${list.length - most} more`)

export function rate(x) {
  if (x >= 10000) return `${Math.round(x / 1000)}k`
  return x >= 100 ? String(Math.round(x)) : String(Math.round(10 * x) / 10)
}

// Marks of verdicts: shape and word, so that nothing hangs on colour.
export const marks = { up: '●', 'at-risk': '▲', down: '✕', failing: '✕', drained: '◆', unknown: '○' }

export const spoken = verdict => (verdict === 'at-risk' ? 'at risk' : verdict)
