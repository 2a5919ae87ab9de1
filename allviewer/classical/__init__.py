"""Segmentation without networks: the classical methods of the papers. NumPy, OpenCV and scikit-image only.

methods       the table: every method with its paper, section and parameters
grey_clusters, hsv_threshold, modified_hsv, pgs, chains, marker_watershed    one method (or family) a file
region_growing    the growth of one region from a click
preprocessing     contrast, edges and colour steps before a method or a network
cleaning, clusters, colour, regions_of_interest    what they share
"""
