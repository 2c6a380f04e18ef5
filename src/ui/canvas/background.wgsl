// One colour everywhere.

override red: f32 = 0.0;
override green: f32 = 0.0;
override blue: f32 = 0.0;

@vertex
fn vs_around(@builtin(vertex_index) i: u32) -> @builtin(position) vec4<f32> {
    return vec4<f32>(f32(i & 1u) * 4.0 - 1.0, f32(i >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

@fragment
fn fs_color() -> @location(0) vec4<f32> {
    return vec4<f32>(red, green, blue, 1.0);
}
