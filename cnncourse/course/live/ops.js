/**
 * The arithmetic of the live explorers: the names, arguments and meaning of `cnncourse.ops`, on typed arrays.
 * What Python takes as keyword arguments comes as one object of options. An explorer that needs one file only
 * imports that file, so that the page loads no more.
 */
export { tensor, nested, numbers, zeros } from "./ops/tensor.js";
export { conv2d, conv2d_backward, conv_output_size } from "./ops/conv.js";
export { avg_pool2d, avg_pool2d_backward, max_pool2d, max_pool2d_backward } from "./ops/pool.js";
export { pad, pad_backward, resize_bilinear } from "./ops/pad.js";
export { linear, linear_backward } from "./ops/linear.js";
export { batch_norm, batch_norm_backward } from "./ops/norm.js";
export {
  elu,
  elu_backward,
  gelu,
  gelu_backward,
  leaky_relu,
  leaky_relu_backward,
  relu,
  relu_backward,
  sigmoid,
  sigmoid_backward,
  silu,
  silu_backward,
  softplus,
  softplus_backward,
  tanh,
  tanh_backward,
} from "./ops/activations.js";
export { log_softmax, log_softmax_backward, softmax, softmax_backward } from "./ops/softmax.js";
export { cross_entropy, cross_entropy_backward, mse_loss, mse_loss_backward } from "./ops/loss.js";
