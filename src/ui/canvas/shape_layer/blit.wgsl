// Puts the layer texture on the canvas.

struct Blit {
    // Where the texture's left, top, right and bottom lie, in clip units of the canvas.
    rect: vec4<f32>,
}

@group(0) @binding(0) var<uniform> blit: Blit;
@group(0) @binding(1) var layer: texture_2d<f32>;
@group(0) @binding(2) var stand_in_sampler: sampler;

// 1 where the target converts from linear by itself (an sRGB format).
override linear_target: u32 = 0u;

struct VertexOut {
    @builtin(position) clip: vec4<f32>,
    @location(0) uv: vec2<f32>,
}

@vertex
fn vs_blit(@builtin(vertex_index) i: u32) -> VertexOut {
    let uv = vec2<f32>(f32(i & 1u), f32(i >> 1u));
    var out: VertexOut;
    out.uv = uv;
    out.clip = vec4<f32>(mix(blit.rect.xy, blit.rect.zw, uv), 0.0, 1.0);
    return out;
}

fn to_target(color: vec4<f32>) -> vec4<f32> {
    if linear_target == 0u {
        return color;
    }
    let low = color.rgb / 12.92;
    let high = pow((color.rgb + vec3<f32>(0.055)) / 1.055, vec3<f32>(2.4));
    return vec4<f32>(select(high, low, color.rgb < vec3<f32>(0.04045)), color.a);
}

// The view is the one the texture was drawn for: pixel to pixel.
@fragment
fn fs_exact(v: VertexOut) -> @location(0) vec4<f32> {
    let size = vec2<f32>(textureDimensions(layer));
    return to_target(textureLoad(layer, vec2<i32>(v.uv * size), 0));
}

// The view has moved on: the old texture, shifted and scaled.
@fragment
fn fs_scaled(v: VertexOut) -> @location(0) vec4<f32> {
    return to_target(textureSampleLevel(layer, stand_in_sampler, v.uv, 0.0));
}
