// Puts the kept picture on the window, pixel to pixel. Mesa's software rasteriser samples faster than it loads.

@group(0) @binding(0) var kept: texture_2d<f32>;
@group(0) @binding(1) var nearest: sampler;

struct VertexOut {
    @builtin(position) clip: vec4<f32>,
    @location(0) uv: vec2<f32>,
}

@vertex
fn vs_whole(@builtin(vertex_index) i: u32) -> VertexOut {
    let uv = vec2<f32>(f32(i & 1u), f32(i >> 1u)) * 2.0;
    return VertexOut(vec4<f32>(uv.x * 2.0 - 1.0, 1.0 - uv.y * 2.0, 0.0, 1.0), uv);
}

@fragment
fn fs_whole(v: VertexOut) -> @location(0) vec4<f32> {
    return textureSample(kept, nearest, v.uv);
}
