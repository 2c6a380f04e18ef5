// Retained shapes: fills, outlines of constant screen width, strikes and dots. One draw per chunk and kind.

struct Chunk {
    // Layer pixels = position * x + yz. The shift is computed in f64 for each chunk's own origin.
    view: vec4<f32>,
    // Clip units per layer pixel (x, y), pixels per point, and the size in pixels below which a shape is a dot.
    screen: vec4<f32>,
    // Stroke, fill, flags and half width, longest side in image pixels.
    looks: array<vec4<u32>, 256>,
}

@group(0) @binding(0) var<uniform> chunk: Chunk;

const HIDDEN: u32 = 1u;
const DASHED: u32 = 2u;
const STRUCK: u32 = 4u;
const POINT: u32 = 8u;
const SIDE_BIT: u32 = 0x10000u;
const STRIKE_BIT: u32 = 0x20000u;

const OFFSET_RANGE: f32 = 4.0;
// Pixels an outline is drawn wider than it is, for its soft edge.
const SOFT_PX: f32 = 0.75;
const DASH_POINTS: f32 = 6.0;
const GAP_POINTS: f32 = 4.0;
const POINT_RADIUS_POINTS: f32 = 4.5;
const NOWHERE: vec4<f32> = vec4<f32>(2.0, 2.0, 2.0, 1.0);

struct VertexIn {
    @location(0) position: vec2<f32>,
    @location(1) offset: vec2<f32>,
    @location(2) along: f32,
    @location(3) info: u32,
}

struct FillOut {
    @builtin(position) clip: vec4<f32>,
    @location(0) @interpolate(flat) color: vec4<f32>,
}

struct LineOut {
    @builtin(position) clip: vec4<f32>,
    @location(0) @interpolate(flat) color: vec4<f32>,
    // Distance from the middle of the line, and along it, in pixels.
    @location(1) across_along: vec2<f32>,
    // Half the width, and the length of a dash and of dash plus gap (0 for an unbroken line), in pixels.
    @location(2) @interpolate(flat) half_dash_period: vec3<f32>,
}

struct DotOut {
    @builtin(position) clip: vec4<f32>,
    @location(0) @interpolate(flat) color: vec4<f32>,
    @location(1) from_center: vec2<f32>,
    // The radius in pixels; 0 for a square that is filled whole.
    @location(2) @interpolate(flat) radius: f32,
}

fn to_px(position: vec2<f32>) -> vec2<f32> {
    return position * chunk.view.x + chunk.view.yz;
}

fn to_clip(px: vec2<f32>) -> vec4<f32> {
    return vec4<f32>(px * chunk.screen.xy + vec2<f32>(-1.0, 1.0), 0.0, 1.0);
}

fn side_px(look: vec4<u32>) -> f32 {
    return bitcast<f32>(look.w) * chunk.view.x;
}

@vertex
fn vs_fill(v: VertexIn) -> FillOut {
    let look = chunk.looks[v.info & 0xffffu];
    var out: FillOut;
    out.color = unpack4x8unorm(look.y);
    out.clip = to_clip(to_px(v.position));
    if (look.z & HIDDEN) != 0u || (look.y >> 24u) == 0u || side_px(look) < chunk.screen.w {
        out.clip = NOWHERE;
    }
    return out;
}

@fragment
fn fs_fill(v: FillOut) -> @location(0) vec4<f32> {
    return v.color;
}

@vertex
fn vs_line(v: VertexIn) -> LineOut {
    let look = chunk.looks[v.info & 0xffffu];
    let half = f32((look.z >> 8u) & 0xffu) / 16.0 * chunk.screen.z;
    let reach = half + SOFT_PX;
    var out: LineOut;
    out.color = unpack4x8unorm(look.x);
    out.clip = to_clip(to_px(v.position) + v.offset * OFFSET_RANGE * reach);
    let side = select(-1.0, 1.0, (v.info & SIDE_BIT) != 0u);
    out.across_along = vec2<f32>(side * reach, v.along * chunk.view.x);
    let strike = (v.info & STRIKE_BIT) != 0u;
    let dash = DASH_POINTS * chunk.screen.z;
    let period = (DASH_POINTS + GAP_POINTS) * chunk.screen.z;
    let dashed = (look.z & DASHED) != 0u && !strike;
    out.half_dash_period = vec3<f32>(half, dash, select(0.0, period, dashed));
    let unmarked = strike && (look.z & STRUCK) == 0u;
    if unmarked || (look.z & HIDDEN) != 0u || side_px(look) < chunk.screen.w {
        out.clip = NOWHERE;
    }
    return out;
}

@fragment
fn fs_line(v: LineOut) -> @location(0) vec4<f32> {
    var cover = clamp(v.half_dash_period.x + 0.5 - abs(v.across_along.x), 0.0, 1.0);
    if v.half_dash_period.z > 0.0 {
        let into = v.across_along.y - floor(v.across_along.y / v.half_dash_period.z) * v.half_dash_period.z;
        cover *= clamp(min(into, v.half_dash_period.y - into) + 0.5, 0.0, 1.0);
    }
    return v.color * cover;
}

@vertex
fn vs_dot(v: VertexIn) -> DotOut {
    let look = chunk.looks[v.info & 0xffffu];
    let is_point = (look.z & POINT) != 0u;
    let radius = POINT_RADIUS_POINTS * chunk.screen.z;
    let size = side_px(look);
    let reach = select(clamp(size * 0.5, 0.75, 1.5), radius + SOFT_PX, is_point);
    var out: DotOut;
    out.color = unpack4x8unorm(look.x);
    out.from_center = v.offset * OFFSET_RANGE * reach;
    out.clip = to_clip(to_px(v.position) + out.from_center);
    out.radius = select(0.0, radius, is_point);
    if (look.z & HIDDEN) != 0u || (!is_point && size >= chunk.screen.w) {
        out.clip = NOWHERE;
    }
    return out;
}

@fragment
fn fs_dot(v: DotOut) -> @location(0) vec4<f32> {
    let round = clamp(v.radius + 0.5 - length(v.from_center), 0.0, 1.0);
    return v.color * select(1.0, round, v.radius > 0.0);
}

// Wipes the part of the layer inside the scissor.
@vertex
fn vs_wipe(@builtin(vertex_index) i: u32) -> @builtin(position) vec4<f32> {
    return vec4<f32>(f32(i & 1u) * 4.0 - 1.0, f32(i >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

@fragment
fn fs_wipe() -> @location(0) vec4<f32> {
    return vec4<f32>(0.0);
}
