// The tiles of the picture: textured quads and nothing else, because without a GPU every instruction here is paid for
// each pixel of the canvas in every frame. Only a picture whose light is changed goes through `fs_adjusted`.

struct Adjust {
    // Brightness (added), contrast, 1 / gamma, saturation.
    values: vec4<f32>,
    // 1: light is dark.
    invert: vec4<f32>,
}

@group(0) @binding(0) var tile: texture_2d<f32>;
@group(0) @binding(1) var tile_sampler: sampler;
@group(1) @binding(0) var<uniform> adjust: Adjust;

// 1 where the target converts from linear by itself (an sRGB format).
override linear_target: u32 = 0u;

struct VertexOut {
    @builtin(position) clip: vec4<f32>,
    @location(0) uv: vec2<f32>,
}

@vertex
fn vs_tile(@location(0) clip: vec2<f32>, @location(1) uv: vec2<f32>) -> VertexOut {
    return VertexOut(vec4<f32>(clip, 0.0, 1.0), uv);
}

fn to_target(color: vec4<f32>) -> vec4<f32> {
    if linear_target == 0u {
        return color;
    }
    let low = color.rgb / 12.92;
    let high = pow((color.rgb + vec3<f32>(0.055)) / 1.055, vec3<f32>(2.4));
    return vec4<f32>(select(high, low, color.rgb < vec3<f32>(0.04045)), color.a);
}

@fragment
fn fs_tile(v: VertexOut) -> @location(0) vec4<f32> {
    return to_target(textureSampleLevel(tile, tile_sampler, v.uv, 0.0));
}

// The same with its light changed, in the order in which the panel lists it.
@fragment
fn fs_adjusted(v: VertexOut) -> @location(0) vec4<f32> {
    let color = textureSampleLevel(tile, tile_sampler, v.uv, 0.0);
    // Colours come multiplied by their opacity.
    var c = color.rgb / max(color.a, 0.001);
    c = clamp((c - 0.5) * adjust.values.y + 0.5 + adjust.values.x, vec3<f32>(0.0), vec3<f32>(1.0));
    c = pow(c, vec3<f32>(adjust.values.z));
    let grey = dot(c, vec3<f32>(0.2126, 0.7152, 0.0722));
    c = clamp(mix(vec3<f32>(grey), c, adjust.values.w), vec3<f32>(0.0), vec3<f32>(1.0));
    c = mix(c, 1.0 - c, adjust.invert.x);
    return to_target(vec4<f32>(c * color.a, color.a));
}
