package dev.tilewright.pim.decode;

import dev.tilewright.pim.map.Attention;
import dev.tilewright.pim.map.AttentionMap;
import dev.tilewright.pim.map.MatrixMap;
import dev.tilewright.pim.map.Product;
import dev.tilewright.pim.map.RowAllocator;

/** One layer's matrices and caches in the banks. */
record LayerMap(Product qkv, Attention attention, Product project, Product up, Product down) {

  static LayerMap of(RowAllocator rows, TransformerSize size, int layer) {
    String name = "layer" + layer;
    int width = size.width();
    return new LayerMap(
        new Product(MatrixMap.of(rows, name + ".qkv", 3 * width, width)),
        new Attention(new AttentionMap(rows, name, size.attention())),
        new Product(MatrixMap.of(rows, name + ".project", width, width)),
        new Product(MatrixMap.of(rows, name + ".up", size.mlp(), width)),
        new Product(MatrixMap.of(rows, name + ".down", width, size.mlp())));
  }
}
