// From degrees to the map: Patterson's projection, as internal/land has it. Its meridians are straight, so that lines may go
// around the back of the world.

import { width, height } from './land.js'

const north = 80

const patterson = lat => {
  const a = (lat * Math.PI) / 180
  const s = a * a
  return a * (1.0148 + s * s * (0.23185 + s * (-0.14499 + s * 0.02406)))
}

// projector gives points in pixels for a map of so many pixels across.
export function projector(pixels) {
  const scale = pixels / width
  return {
    scale,
    pixels,
    high: height * scale,
    at: place => ({
      x: ((place.lon + 180) / 360) * pixels,
      y: Math.min(height, ((patterson(north) - patterson(place.lat)) * width) / (2 * Math.PI)) * scale,
    }),
  }
}

// around gives the ways from one point to another on the map: one, or where that is shorter two halves around the back.
export function around(from, to, pixels) {
  const back = to.x - from.x
  if (Math.abs(back) <= pixels / 2) return [[from, to]]
  const turn = back > 0 ? -pixels : pixels
  return [[from, { x: to.x + turn, y: to.y }], [{ x: from.x - turn, y: from.y }, to]]
}

// arc is a path from one point to another that bends away from the equator, as the shortest way on a globe does.
export function arc([from, to], high) {
  const dx = to.x - from.x
  const dy = to.y - from.y
  const bend = Math.hypot(dx, dy) * 0.18 * ((from.y + to.y) / 2 > high * 0.62 ? 1 : -1)
  const n = x => Math.round(10 * x) / 10
  return `M${n(from.x)} ${n(from.y)}Q${n(from.x + dx / 2)} ${n(from.y + dy / 2 + bend)} ${n(to.x)} ${n(to.y)}`
}
