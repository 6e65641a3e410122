"""Shaders of the renderer: soft sun with a shadow map, sky light, two fill lights."""

BODY_VERTEX = """#version 330
uniform mat4 mvp; uniform mat4 light_mvp; uniform mat4 model;
in vec3 pos; in vec3 nrm; in vec2 uv;
out vec3 world; out vec3 normal; out vec2 at; out vec4 in_light;
void main() {
  vec4 w = model * vec4(pos, 1);
  world = w.xyz; normal = mat3(model) * nrm; at = uv; in_light = light_mvp * w;
  gl_Position = mvp * w;
}"""

# mode 0: in shadow, 1: in the sun, 2: what the shadow map says.
BODY_FRAGMENT = """#version 330
uniform sampler2D tex; uniform sampler2DShadow shadow;
uniform vec3 colour; uniform vec3 eye; uniform vec3 sun;
uniform float shine; uniform float gain; uniform bool use_tex; uniform int mode;
in vec3 world; in vec3 normal; in vec2 at; in vec4 in_light; out vec4 result;
void main() {
  vec4 c = use_tex ? texture(tex, at) : vec4(1);
  if (c.a < 0.35) discard;
  vec3 albedo = pow(c.rgb, vec3(2.2)) * colour;
  vec3 n = normalize(normal), v = normalize(eye - world);
  if (!gl_FrontFacing) n = -n;
  float s = float(mode);
  if (mode == 2) {
    vec3 q = in_light.xyz * 0.5 + 0.5;
    s = 0.0;
    if (max(abs(q.x - 0.5), abs(q.y - 0.5)) > 0.499 || dot(n, sun) <= 0.0) s = 1.0;
    else {
      for (int i = 0; i < 2; i++) for (int j = 0; j < 2; j++)
        s += texture(shadow, vec3(q.xy + (vec2(i, j) - 0.5) * 0.0012, q.z - 0.0025));
      s /= 4.0;
    }
  }
  vec3 sky = mix(vec3(0.22, 0.20, 0.19), vec3(0.50, 0.53, 0.58), n.y * 0.5 + 0.5);
  float fill = max(dot(n, normalize(vec3(-0.6, 0.35, 0.5))), 0.0) * 0.28
             + max(dot(n, normalize(vec3(0.7, 0.3, 0.4))), 0.0) * 0.2;
  float direct = max(dot(n, sun), 0.0) * s;
  vec3 light = albedo * (sky + fill + direct * vec3(0.95, 0.91, 0.84))
             + shine * pow(max(dot(n, normalize(sun + v)), 0.0), 28.0) * s
             + pow(1.0 - max(dot(n, v), 0.0), 4.0) * 0.06 * sky;
  result = vec4(pow(clamp(light * gain, 0.0, 1.0), vec3(1 / 2.2)), 1);
}"""

SHADOW_VERTEX = """#version 330
uniform mat4 light_mvp; uniform mat4 model; in vec3 pos; in vec2 uv; out vec2 at;
void main() { at = uv; gl_Position = light_mvp * model * vec4(pos, 1); }"""

SHADOW_FRAGMENT = """#version 330
uniform sampler2D tex; uniform bool use_tex; in vec2 at;
void main() { if (use_tex && texture(tex, at).a < 0.35) discard; }"""

# Where a pixel of the room is for the sun, and its depth for the camera.
PLACE_VERTEX = """#version 330
uniform mat4 mvp; uniform mat4 light_mvp; uniform mat4 model;
in vec3 pos; in vec2 uv; out vec2 at; out vec4 in_light;
void main() {
  vec4 w = model * vec4(pos, 1);
  at = uv; in_light = light_mvp * w; gl_Position = mvp * w;
}"""

PLACE_FRAGMENT = """#version 330
uniform sampler2D tex; uniform bool use_tex; in vec2 at; in vec4 in_light; out vec4 result;
void main() {
  if (use_tex && texture(tex, at).a < 0.35) discard;
  result = vec4(in_light.xyz * 0.5 + 0.5, gl_FragCoord.z);
}"""

BACKDROP_VERTEX = """#version 330
in vec2 at; void main() { gl_Position = vec4(at, 0, 1); }"""

BACKDROP_FRAGMENT = """#version 330
uniform sampler2D lit; uniform sampler2D dark; uniform sampler2D place;
uniform sampler2DShadow shadow; out vec4 result;
void main() {
  ivec2 p = ivec2(gl_FragCoord.xy);
  vec4 q = texelFetch(place, p, 0);
  vec4 bright = texelFetch(lit, p, 0);
  float s = 1.0;
  if (max(abs(q.x - 0.5), abs(q.y - 0.5)) < 0.499) {
    s = 0.0;
    for (int i = 0; i < 2; i++) for (int j = 0; j < 2; j++)
      s += texture(shadow, vec3(q.xy + (vec2(i, j) - 0.5) * 0.0012, q.z - 0.0025));
    s /= 4.0;
  }
  result = s > 0.99 ? bright : mix(texelFetch(dark, p, 0), bright, s);
  gl_FragDepth = q.w;
}"""
