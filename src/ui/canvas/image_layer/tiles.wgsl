// The tiles of the picture: textured quads and nothing else, because without a GPU every instruction here is paid for
// each pixel of the canvas in every frame.

@group(0) @binding(0) var tile: texture_2d<f32>;
@group(0) @binding(1) var tile_sampler: sampler;

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

@fragment
fn fs_tile(v: VertexOut) -> @location(0) vec4<f32> {
    let color = textureSampleLevel(tile, tile_sampler, v.uv, 0.0);
    if linear_target == 0u {
        return color;
    }
    let low = color.rgb / 12.92;
    let high = pow((color.rgb + vec3<f32>(0.055)) / 1.055, vec3<f32>(2.4));
    return vec4<f32>(select(high, low, color.rgb < vec3<f32>(0.04045)), color.a);
}
