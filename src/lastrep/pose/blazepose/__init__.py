"""BlazePose on LiteRT: a detector finds people, a second network reads the landmarks of each.

What has to happen around the two networks (anchors, cropping, refinement, smoothing) follows
MediaPipe's pose landmarker, whose steps and numbers were taken from its published graphs and
confirmed by comparing landmarks: Bazarevsky et al., "BlazePose: On-device Real-time Body Pose
tracking", 2020, and google-ai-edge/mediapipe.
"""
